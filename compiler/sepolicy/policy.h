#pragma once
// Contract: a binary SELinux policy, read only. The only room that knows libsepol. Types are named by TypeId,
// dense from 0; attributes are apart. Everything is read and indexed once; questions don't fail. "Allowed"
// speaks of type enforcement rules (allow, through attributes), not of constraints or permissive domains.
// What an earlier module of ours brought to the policy (own_module.h) is left out of every answer, unless the
// policy is read with OwnModule::kShown.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/interval_set.h"
#include "base/result.h"
#include "flow/condition.h"

namespace appnet::sepolicy {

using TypeId = std::uint32_t;
using AttributeId = std::uint32_t;
using BooleanId = std::uint32_t;

struct NameLookup {
  enum class Kind { kNone, kType, kAttribute } kind = Kind::kNone;
  std::uint32_t id = 0;  // a TypeId or an AttributeId
  bool alias = false;    // the name is an alias of the type
};

// Whether an access is allowed, and under which booleans.
struct Access {
  bool always = false;       // under every setting of the booleans
  bool at_defaults = false;  // with the booleans at their defaults
  bool ever = false;         // under some setting, as far as single conditional rules tell
};

struct PortLabel {    // a portcon entry, in the policy's own order: the first that matches is the one
  unsigned protocol;  // IP protocol number
  std::uint16_t low, high;
  TypeId type;
};

// Whether a policy's answers speak of what a module of ours brought.
enum class OwnModule { kLeftOut, kShown };

class Policy {
 public:
  // `name` is how messages call it. Errors: not a binary kernel policy, truncated, a version that libsepol
  // can't read.
  static base::Result<Policy> Read(const std::string& bytes, std::string name,
                                   OwnModule own = OwnModule::kLeftOut);
  // The small policy that comes with the program (--policy reference), compiled from the CIL text it carries.
  static base::Result<Policy> Reference();
  Policy(Policy&&) noexcept;
  Policy& operator=(Policy&&) noexcept;
  ~Policy();

  const std::string& name() const;
  const std::string& image() const;   // the bytes read
  const std::string& sha256() const;  // of the bytes read, in hex
  unsigned version() const;
  bool mls() const;
  // "allow", "deny" or "reject": what the kernel does with classes and permissions the policy doesn't know.
  std::string_view handle_unknown() const;

  std::size_t type_count() const;
  const std::string& TypeName(TypeId type) const;
  std::size_t attribute_count() const;
  const std::string& AttributeName(AttributeId attribute) const;
  NameLookup Find(std::string_view name) const;
  const std::vector<TypeId>& TypesOf(AttributeId attribute) const;  // sorted
  bool Has(AttributeId attribute, TypeId type) const;
  // Names of all types (without aliases), attributes and aliases; for suggestions and collisions.
  std::vector<std::string_view> AllNames() const;

  // A process type: in attribute `domain` where the policy has that, otherwise a type some role but object_r
  // may have.
  bool IsDomain(TypeId type) const;
  const std::vector<TypeId>& Domains() const;  // sorted
  std::optional<AttributeId> DomainAttribute()
      const;  // the attribute that holds exactly all domains, if there is one
  bool IsPermissive(TypeId type) const;

  std::size_t boolean_count() const;
  std::optional<BooleanId> FindBoolean(std::string_view name) const;
  const std::string& BooleanName(BooleanId boolean) const;
  bool BooleanDefault(BooleanId boolean) const;

  bool HasClass(std::string_view object_class) const;
  std::vector<std::string> Permissions(std::string_view object_class) const;  // sorted
  bool HasPermission(std::string_view object_class, std::string_view permission) const;

  // Initial SIDs. No value when the policy has no such SID.
  std::optional<TypeId> KernelType() const;     // initial SID kernel
  std::optional<TypeId> UnlabeledType() const;  // initial SID unlabeled
  // The whole context of the initial SID "unlabeled", as the kernel prints it
  // ("system_u:object_r:unlabeled_t:s0").
  std::string UnlabeledContext() const;
  // Types by initial SID name ("port", "netif", "node", ...).
  std::optional<TypeId> InitialSidType(std::string_view name) const;

  // The context for a packet of this type: user and role of the unlabeled SID with object_r, the level the
  // policy needs (none without MLS, the lowest sensitivity otherwise).
  std::string PacketContext(std::string_view type_name) const;
  // Whether libsepol accepts the context (a base type's; our own types are not in this policy).
  bool IsValidContext(const std::string& context) const;

  const std::vector<PortLabel>& PortLabels() const;

  // May `source` do `permission` of `object_class` on `target`? A class or permission the policy lacks: not
  // allowed.
  Access Allowed(TypeId source, TypeId target, std::string_view object_class,
                 std::string_view permission) const;
  // All types with that access on the target, sorted; only those with Access::ever.
  struct Holder {
    TypeId source;
    Access access;
  };
  std::vector<Holder> Holders(TypeId target, std::string_view object_class,
                              std::string_view permission) const;
  // The same two questions, answered with the exact condition, over the policy's booleans, among
  // `conditions`. kNever: not allowed; holders that never may are left out. Errors: conditions of more
  // booleans than anybody writes, which couldn't be followed in bounded time.
  base::Result<flow::ConditionId> AllowedWhen(TypeId source, TypeId target, std::string_view object_class,
                                              std::string_view permission,
                                              flow::Conditions& conditions) const;
  struct ConditionalHolder {
    TypeId source;
    flow::ConditionId when;
  };
  base::Result<std::vector<ConditionalHolder>> HoldersWhen(TypeId target, std::string_view object_class,
                                                           std::string_view permission,
                                                           flow::Conditions& conditions) const;
  // Likewise, whose access the policy has logged (auditallow), may they or not.
  base::Result<std::vector<ConditionalHolder>> LoggedWhen(TypeId target, std::string_view object_class,
                                                          std::string_view permission,
                                                          flow::Conditions& conditions) const;
  // The rules that give the access, by the types or attributes that they name.
  struct AllowRule {
    std::string source, target;
    flow::ConditionId when;
  };
  base::Result<std::vector<AllowRule>> RulesFor(TypeId source, TypeId target, std::string_view object_class,
                                                std::string_view permission,
                                                flow::Conditions& conditions) const;
  // The sources of the policy's own rules for this permission on any target, sorted (attributes expanded).
  std::vector<TypeId> SourcesOf(std::string_view object_class, std::string_view permission) const;
  // What the source may do it to, under some setting of the booleans as far as single rules tell; sorted.
  std::vector<TypeId> TargetsOf(TypeId source, std::string_view object_class,
                                std::string_view permission) const;

  struct Impl;

 private:
  explicit Policy(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// "(allow domain self (fd (use)))", and " if BOOLEANS" after a conditional one.
std::string TextOf(const Policy::AllowRule& rule, std::string_view object_class, std::string_view permission,
                   const flow::Conditions& conditions);

// The CIL source of the reference policy, for documentation and tests.
std::string_view ReferencePolicySource();

// Compiles CIL texts (each with a name for messages) into a binary policy image in process. For the reference
// policy and for tests. Errors carry libsepol's own messages.
struct CilText {
  std::string name;
  std::string text;
};
base::Result<std::string> CompileCil(const std::vector<CilText>& texts, bool mls);
// A binary policy as CIL text, so that modules can be compiled on top of it.
base::Result<std::string> PolicyToCil(const std::string& bytes);

}  // namespace appnet::sepolicy
