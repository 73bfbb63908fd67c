#pragma once
// Contract: the types, attributes and aliases of a policy. libsepol numbers types and attributes together, by
// value; here both are numbered apart, in the order of their names, so that answers don't depend on how a
// policy was built. Rules speak of values; an attribute may have a value and no name (policies older than
// version 24). What an earlier module of ours brought (own_module.h) has a value too, but neither an id nor a
// name here.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sepolicy/database.h"
#include "sepolicy/policy.h"

namespace appnet::sepolicy {

using TypeValue = std::uint16_t;

class TypeIndex {
 public:
  static base::Result<TypeIndex> Build(const policydb_t& policy, OwnModule own);

  const std::vector<std::string>& types() const { return types_; }
  const std::vector<std::string>& attributes() const { return attributes_; }
  const std::map<std::string, NameLookup, std::less<>>& names() const { return names_; }
  NameLookup Find(std::string_view name) const;

  // The type of a value; none when it is an attribute's, or nobody's.
  std::optional<TypeId> TypeOf(std::uint32_t value) const;
  // The name of a type or an attribute by its value; empty where it has none.
  std::string_view NameOfValue(TypeValue value) const;
  // Whether the value is an attribute or a type of an earlier module of ours.
  bool IsOwn(std::uint32_t value) const { return value >= 1 && value <= own_.size() && own_[value - 1]; }
  // The values that rules may use for a type: its own and its attributes', sorted.
  const std::vector<TypeValue>& ValuesOf(TypeId type) const { return values_of_type_[type]; }
  // The types that a value stands for, sorted. The value must be one of the policy.
  const std::vector<TypeId>& TypesOfValue(TypeValue value) const { return types_of_value_[value - 1]; }
  const std::vector<TypeId>& TypesOf(AttributeId attribute) const;

  const std::vector<TypeId>& domains() const { return domains_; }
  bool IsDomain(TypeId type) const { return is_domain_[type]; }
  std::optional<AttributeId> domain_attribute() const { return domain_attribute_; }
  bool IsPermissive(TypeId type) const { return is_permissive_[type]; }

 private:
  void FindOwn(const policydb_t& policy);
  void NameValues(const policydb_t& policy);
  void NameAliases(const policydb_t& policy);
  base::Status Expand(const policydb_t& policy);
  base::Status FindDomains(const policydb_t& policy);
  void FindPermissive(const policydb_t& policy);

  std::vector<std::string> types_;
  std::vector<std::string> attributes_;
  std::map<std::string, NameLookup, std::less<>> names_;
  std::vector<bool> own_;  // by value - 1
  std::vector<TypeValue> value_of_type_;
  std::vector<TypeValue> value_of_attribute_;
  std::vector<std::optional<TypeId>> type_of_value_;
  std::vector<std::vector<TypeValue>> values_of_type_;
  std::vector<std::vector<TypeId>> types_of_value_;
  std::vector<TypeId> domains_;
  std::vector<bool> is_domain_;
  std::vector<bool> is_permissive_;
  std::optional<AttributeId> domain_attribute_;
};

}  // namespace appnet::sepolicy
