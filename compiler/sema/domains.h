#pragma once
// Contract: names of domains and types as the base policy has them, and groups. Reports names that mean
// nothing or something else.

#include <optional>
#include <string_view>
#include <vector>

#include "sema/names.h"

namespace appnet::sema {

class Domains {
 public:
  Domains(const Names& names, const Inputs& inputs) : names_(names), inputs_(inputs) {}

  // What one name in a set of domains stands for: the types, or a declared group.
  struct Meaning {
    std::vector<sepolicy::TypeId> types;
    std::optional<DeclarationId> group;
    bool failed = false;  // and reported, where it is a mistake of its own
  };
  Meaning Find(std::string_view name, source::Span span, ModuleId from) const;
  // Of a type that is none.
  void ReportNoDomain(sepolicy::TypeId type, std::string_view name, source::Span span) const;
  // `any` where domains are wanted.
  void ReportAny(source::Span span) const;

 private:
  Meaning ExpandAttribute(sepolicy::AttributeId attribute, source::Span span) const;
  std::optional<std::string> WithTypeEnding(std::string_view name) const;
  void ReportUnknown(std::string_view name, source::Span span, ModuleId from) const;

  const Names& names_;
  const Inputs& inputs_;
};

// Whether packets may come from a peer with this label: a domain, the unlabeled type, or a type that the base
// policy lets somebody receive from.
bool MayBePeer(sepolicy::TypeId type, const sepolicy::Policy& policy);
// `label TYPE`: one type of the base policy that is no domain.
std::optional<sepolicy::TypeId> FindPacketType(const ast::Name& name, ModuleId from, const Names& names,
                                               const Inputs& inputs);
// `as TYPE`: one type of the base policy.
std::optional<sepolicy::TypeId> FindPeerType(const ast::Name& name, ModuleId from, const Names& names,
                                             const Inputs& inputs);

}  // namespace appnet::sema
