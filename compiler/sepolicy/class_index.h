#pragma once
// Contract: the object classes of a policy and their permissions, by name.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sepolicy/database.h"

namespace appnet::sepolicy {

// A permission of a class, as rules hold it. A mask of 0: the policy has no such class or permission.
struct PermissionBit {
  std::uint16_t object_class = 0;
  std::uint32_t mask = 0;
};

class ClassIndex {
 public:
  static base::Result<ClassIndex> Build(const policydb_t& policy);

  bool Has(std::string_view object_class) const { return classes_.find(object_class) != classes_.end(); }
  std::vector<std::string> Permissions(std::string_view object_class) const;  // sorted
  PermissionBit Find(std::string_view object_class, std::string_view permission) const;

 private:
  struct Class {
    std::uint16_t value;
    std::map<std::string, std::uint32_t, std::less<>> permissions;  // by name, the mask
  };
  std::map<std::string, Class, std::less<>> classes_;
};

}  // namespace appnet::sepolicy
