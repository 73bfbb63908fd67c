#pragma once
// Contract: a CIL module read on its own: which domains may do what with which packet types, under which
// booleans. Attributes of the base policy are asked of sepolicy::Policy. Words it does not know are errors.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oracle/reference_evaluator.h"
#include "sepolicy/policy.h"

namespace appnet::oracle {

class CilModel {
 public:
  static base::Result<CilModel> Load(std::string_view text, const sepolicy::Policy& base);

  // What the module (not the base policy) gives the domain; audited is without regard to allowed.
  Right RightOf(const std::string& domain, const std::string& type, const std::string& permission,
                const Setting& setting) const;

  const std::set<std::string>& types() const { return types_; }
  const std::map<std::string, bool>& booleans() const { return booleans_; }
  const std::set<std::string>& capabilities() const { return capabilities_; }

 private:
  struct Tree {
    std::string word;  // empty for a list
    std::vector<Tree> children;
  };
  struct Rule {
    bool audit = false;
    std::set<std::string> sources, targets, permissions;
    std::vector<std::pair<Tree, bool>> conditions;  // each must have this value
  };
  class Reader;

  static bool Evaluate(const Tree& expression, const Setting& setting);

  std::set<std::string> types_;
  std::map<std::string, std::set<std::string>> attributes_;
  std::map<std::string, bool> booleans_;
  std::set<std::string> capabilities_;
  std::vector<Rule> rules_;
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>>
      index_;  // rules by type and permission
};

}  // namespace appnet::oracle
