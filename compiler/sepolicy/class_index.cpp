#include "sepolicy/class_index.h"

#include <utility>

namespace appnet::sepolicy {
namespace {

constexpr std::uint32_t kMostPermissions = 32;

}  // namespace

base::Result<ClassIndex> ClassIndex::Build(const policydb_t& policy) {
  ClassIndex index;
  bool in_range = true;
  ForEachSymbol<class_datum_t>(policy.p_classes, [&](const char* name, const class_datum_t& datum) {
    if (!IsValue(datum.s.value, policy.p_classes)) {
      in_range = false;
      return;
    }
    Class added{static_cast<std::uint16_t>(datum.s.value), {}};
    const auto add = [&](const char* permission, const perm_datum_t& bit) {
      if (bit.s.value < 1 || bit.s.value > kMostPermissions) {
        in_range = false;
      } else {
        added.permissions.emplace(permission, std::uint32_t{1} << (bit.s.value - 1));
      }
    };
    ForEachSymbol<perm_datum_t>(datum.permissions, add);
    if (datum.comdatum != nullptr) ForEachSymbol<perm_datum_t>(datum.comdatum->permissions, add);
    index.classes_.emplace(name, std::move(added));
  });
  if (!in_range) return DamagedPolicy("a class or a permission has a number out of range");
  return index;
}

std::vector<std::string> ClassIndex::Permissions(std::string_view object_class) const {
  std::vector<std::string> names;
  const auto found = classes_.find(object_class);
  if (found == classes_.end()) return names;
  for (const auto& entry : found->second.permissions) names.push_back(entry.first);
  return names;
}

PermissionBit ClassIndex::Find(std::string_view object_class, std::string_view permission) const {
  const auto found = classes_.find(object_class);
  if (found == classes_.end()) return {};
  const auto bit = found->second.permissions.find(permission);
  if (bit == found->second.permissions.end()) return {};
  return {found->second.value, bit->second};
}

}  // namespace appnet::sepolicy
