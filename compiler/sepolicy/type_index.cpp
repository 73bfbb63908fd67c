#include "sepolicy/type_index.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "sepolicy/bits.h"
#include "sepolicy/own_module.h"

namespace appnet::sepolicy {

base::Result<TypeIndex> TypeIndex::Build(const policydb_t& policy, OwnModule own) {
  TypeIndex index;
  if (own == OwnModule::kLeftOut) index.FindOwn(policy);
  index.NameValues(policy);
  index.NameAliases(policy);
  if (base::Status expanded = index.Expand(policy); !expanded) return expanded.error();
  if (base::Status found = index.FindDomains(policy); !found) return found.error();
  index.FindPermissive(policy);
  return index;
}

void TypeIndex::FindOwn(const policydb_t& policy) {
  own_.assign(policy.p_types.nprim, false);
  if (policy.type_val_to_struct == nullptr || policy.type_attr_map == nullptr) return;
  std::optional<std::uint32_t> mark;  // what our types carry
  for (std::uint32_t value = 1; value <= policy.p_types.nprim; ++value) {
    const char* name = NameOf(policy, SYM_TYPES, value);
    const type_datum_t* datum = policy.type_val_to_struct[value - 1];
    if (name == nullptr || datum == nullptr || datum->flavor != TYPE_ATTRIB) continue;
    if (kOwnAttribute == name) mark = value;
    own_[value - 1] = kOwnAttribute == name || kKernelAttribute == name || kLoaderAttribute == name;
  }
  if (!mark) return;
  for (std::uint32_t value = 1; value <= policy.p_types.nprim; ++value) {
    if (HasBit(policy.type_attr_map[value - 1], *mark - 1)) own_[value - 1] = true;
  }
}

void TypeIndex::NameValues(const policydb_t& policy) {
  struct Named {
    std::string name;
    TypeValue value;
  };
  std::vector<Named> types;
  std::vector<Named> attributes;
  for (std::uint32_t value = 1; value <= policy.p_types.nprim; ++value) {
    const char* name = NameOf(policy, SYM_TYPES, value);
    const type_datum_t* datum =
        policy.type_val_to_struct == nullptr ? nullptr : policy.type_val_to_struct[value - 1];
    if (name == nullptr || datum == nullptr || IsOwn(value)) continue;
    (datum->flavor == TYPE_ATTRIB ? attributes : types).push_back({name, static_cast<TypeValue>(value)});
  }
  const auto by_name = [](const Named& a, const Named& b) { return a.name < b.name; };
  std::sort(types.begin(), types.end(), by_name);
  std::sort(attributes.begin(), attributes.end(), by_name);

  type_of_value_.resize(policy.p_types.nprim);
  for (Named& type : types) {
    const auto id = static_cast<TypeId>(types_.size());
    names_.emplace(type.name, NameLookup{NameLookup::Kind::kType, id, false});
    type_of_value_[type.value - 1] = id;
    value_of_type_.push_back(type.value);
    types_.push_back(std::move(type.name));
  }
  for (Named& attribute : attributes) {
    const auto id = static_cast<AttributeId>(attributes_.size());
    names_.emplace(attribute.name, NameLookup{NameLookup::Kind::kAttribute, id, false});
    value_of_attribute_.push_back(attribute.value);
    attributes_.push_back(std::move(attribute.name));
  }
}

// An alias is a second key for the value of a type.
void TypeIndex::NameAliases(const policydb_t& policy) {
  ForEachSymbol<type_datum_t>(policy.p_types, [&](const char* name, const type_datum_t& datum) {
    const std::optional<TypeId> type = TypeOf(datum.s.value);
    if (!type || types_[*type] == name) return;
    names_.emplace(name, NameLookup{NameLookup::Kind::kType, *type, true});
  });
}

std::string_view TypeIndex::NameOfValue(TypeValue value) const {
  if (const std::optional<TypeId> type = TypeOf(value)) return types_[*type];
  const auto attribute = std::find(value_of_attribute_.begin(), value_of_attribute_.end(), value);
  if (attribute == value_of_attribute_.end()) return {};
  return attributes_[static_cast<std::size_t>(attribute - value_of_attribute_.begin())];
}

base::Status TypeIndex::Expand(const policydb_t& policy) {
  const std::uint32_t values = policy.p_types.nprim;
  values_of_type_.resize(types_.size());
  types_of_value_.resize(values);
  bool in_range = true;
  for (TypeId type = 0; type < types_.size(); ++type) {
    std::vector<TypeValue>& covers = values_of_type_[type];
    covers.push_back(value_of_type_[type]);
    // Policies without attributes (before version 20) have no map.
    if (policy.type_attr_map != nullptr) {
      ForEachBit(policy.type_attr_map[value_of_type_[type] - 1], [&](std::uint64_t bit) {
        if (bit >= values) {
          in_range = false;
        } else {
          covers.push_back(static_cast<TypeValue>(bit + 1));
        }
      });
    }
    std::sort(covers.begin(), covers.end());
    covers.erase(std::unique(covers.begin(), covers.end()), covers.end());
    for (const TypeValue value : covers) types_of_value_[value - 1].push_back(type);
  }
  if (!in_range) return DamagedPolicy("a type has an attribute that doesn't exist");
  return base::Done{};
}

base::Status TypeIndex::FindDomains(const policydb_t& policy) {
  is_domain_.assign(types_.size(), false);
  if (const NameLookup domain = Find("domain"); domain.kind == NameLookup::Kind::kAttribute) {
    domains_ = TypesOf(domain.id);
    domain_attribute_ = domain.id;
  } else {
    for (std::uint32_t role = 1; role <= policy.p_roles.nprim; ++role) {
      const char* name = NameOf(policy, SYM_ROLES, role);
      const role_datum_t* datum =
          policy.role_val_to_struct == nullptr ? nullptr : policy.role_val_to_struct[role - 1];
      if (name == nullptr || datum == nullptr || datum->flavor == ROLE_ATTRIB) continue;
      if (std::string_view(name) == "object_r") continue;
      bool in_range = true;
      ForEachBit(datum->types.types, [&](std::uint64_t bit) {
        if (bit >= policy.p_types.nprim) {
          in_range = false;
          return;
        }
        for (const TypeId type : TypesOfValue(static_cast<TypeValue>(bit + 1))) domains_.push_back(type);
      });
      if (!in_range) return DamagedPolicy("a role has a type that doesn't exist");
    }
    std::sort(domains_.begin(), domains_.end());
    domains_.erase(std::unique(domains_.begin(), domains_.end()), domains_.end());
    for (AttributeId attribute = 0; attribute < attributes_.size() && !domains_.empty(); ++attribute) {
      if (TypesOf(attribute) == domains_) {
        domain_attribute_ = attribute;
        break;
      }
    }
  }
  for (const TypeId type : domains_) is_domain_[type] = true;
  return base::Done{};
}

void TypeIndex::FindPermissive(const policydb_t& policy) {
  is_permissive_.assign(types_.size(), false);
  // Unlike every other bitmap of types, this one is indexed by the value itself.
  ForEachBit(policy.permissive_map, [&](std::uint64_t bit) {
    if (bit > kMostSymbols) return;
    if (const std::optional<TypeId> type = TypeOf(static_cast<std::uint32_t>(bit)))
      is_permissive_[*type] = true;
  });
}

NameLookup TypeIndex::Find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? NameLookup{} : found->second;
}

std::optional<TypeId> TypeIndex::TypeOf(std::uint32_t value) const {
  if (value < 1 || value > type_of_value_.size()) return std::nullopt;
  return type_of_value_[value - 1];
}

const std::vector<TypeId>& TypeIndex::TypesOf(AttributeId attribute) const {
  APPNET_CHECK(attribute < attributes_.size(), "no such attribute");
  return TypesOfValue(value_of_attribute_[attribute]);
}

}  // namespace appnet::sepolicy
