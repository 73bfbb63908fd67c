#include "sepolicy/policy.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/digest.h"
#include "sepolicy/access_index.h"
#include "sepolicy/boolean_index.h"
#include "sepolicy/class_index.h"
#include "sepolicy/context_index.h"
#include "sepolicy/database.h"
#include "sepolicy/messages.h"
#include "sepolicy/type_index.h"

namespace appnet::sepolicy {

namespace {

base::Error InPolicy(const std::string& name, const base::Error& error) {
  return base::Error{"`" + name + "`: " + error.message};
}

}  // namespace

struct Policy::Impl {
  std::string name;
  std::string image;
  std::string sha256;
  Database database;
  TypeIndex types;
  ClassIndex classes;
  BooleanIndex booleans;
  AccessIndex access;
  ContextIndex contexts;
};

Policy::Policy(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Policy::Policy(Policy&&) noexcept = default;
Policy& Policy::operator=(Policy&&) noexcept = default;
Policy::~Policy() = default;

base::Result<Policy> Policy::Read(const std::string& bytes, std::string name, OwnModule own) {
  base::Result<Database> database = LoadDatabase(bytes, name);
  if (!database) return database.error();
  const policydb_t& policy = database.value()->p;
  base::Result<TypeIndex> types = TypeIndex::Build(policy, own);
  if (!types) return InPolicy(name, types.error());
  base::Result<ClassIndex> classes = ClassIndex::Build(policy);
  if (!classes) return InPolicy(name, classes.error());
  base::Result<BooleanIndex> booleans = BooleanIndex::Build(policy, types.value());
  if (!booleans) return InPolicy(name, booleans.error());
  base::Result<AccessIndex> access = AccessIndex::Build(policy, types.value(), booleans.value());
  if (!access) return InPolicy(name, access.error());
  base::Result<ContextIndex> contexts = ContextIndex::Build(policy, types.value());
  if (!contexts) return InPolicy(name, contexts.error());
  return Policy(std::unique_ptr<Impl>(new Impl{std::move(name), bytes, base::Sha256(bytes),
                                               std::move(database).value(), std::move(types).value(),
                                               std::move(classes).value(), std::move(booleans).value(),
                                               std::move(access).value(), std::move(contexts).value()}));
}

const std::string& Policy::name() const { return impl_->name; }
const std::string& Policy::image() const { return impl_->image; }
const std::string& Policy::sha256() const { return impl_->sha256; }
unsigned Policy::version() const { return impl_->database->p.policyvers; }
bool Policy::mls() const { return impl_->database->p.mls != 0; }

std::string_view Policy::handle_unknown() const {
  switch (impl_->database->p.handle_unknown) {
    case SEPOL_ALLOW_UNKNOWN:
      return "allow";
    case SEPOL_REJECT_UNKNOWN:
      return "reject";
    default:
      return "deny";
  }
}

std::size_t Policy::type_count() const { return impl_->types.types().size(); }
std::size_t Policy::attribute_count() const { return impl_->types.attributes().size(); }

const std::string& Policy::TypeName(TypeId type) const {
  APPNET_CHECK(type < type_count(), "no such type");
  return impl_->types.types()[type];
}

const std::string& Policy::AttributeName(AttributeId attribute) const {
  APPNET_CHECK(attribute < attribute_count(), "no such attribute");
  return impl_->types.attributes()[attribute];
}

NameLookup Policy::Find(std::string_view name) const { return impl_->types.Find(name); }
const std::vector<TypeId>& Policy::TypesOf(AttributeId attribute) const {
  return impl_->types.TypesOf(attribute);
}

bool Policy::Has(AttributeId attribute, TypeId type) const {
  const std::vector<TypeId>& types = TypesOf(attribute);
  return std::binary_search(types.begin(), types.end(), type);
}

std::vector<std::string_view> Policy::AllNames() const {
  std::vector<std::string_view> names;
  names.reserve(impl_->types.names().size());
  for (const auto& entry : impl_->types.names()) names.emplace_back(entry.first);
  return names;
}

const std::vector<TypeId>& Policy::Domains() const { return impl_->types.domains(); }
std::optional<AttributeId> Policy::DomainAttribute() const { return impl_->types.domain_attribute(); }

bool Policy::IsDomain(TypeId type) const {
  APPNET_CHECK(type < type_count(), "no such type");
  return impl_->types.IsDomain(type);
}

bool Policy::IsPermissive(TypeId type) const {
  APPNET_CHECK(type < type_count(), "no such type");
  return impl_->types.IsPermissive(type);
}

std::size_t Policy::boolean_count() const { return impl_->booleans.size(); }
std::optional<BooleanId> Policy::FindBoolean(std::string_view name) const {
  return impl_->booleans.Find(name);
}

const std::string& Policy::BooleanName(BooleanId boolean) const {
  APPNET_CHECK(boolean < boolean_count(), "no such boolean");
  return impl_->booleans.Name(boolean);
}

bool Policy::BooleanDefault(BooleanId boolean) const {
  APPNET_CHECK(boolean < boolean_count(), "no such boolean");
  return impl_->booleans.Default(boolean);
}

bool Policy::HasClass(std::string_view object_class) const { return impl_->classes.Has(object_class); }

std::vector<std::string> Policy::Permissions(std::string_view object_class) const {
  return impl_->classes.Permissions(object_class);
}

bool Policy::HasPermission(std::string_view object_class, std::string_view permission) const {
  return impl_->classes.Find(object_class, permission).mask != 0;
}

std::optional<TypeId> Policy::KernelType() const { return InitialSidType("kernel"); }
std::optional<TypeId> Policy::UnlabeledType() const { return InitialSidType("unlabeled"); }
std::string Policy::UnlabeledContext() const { return impl_->contexts.unlabeled(); }

std::optional<TypeId> Policy::InitialSidType(std::string_view name) const {
  return impl_->contexts.InitialSidType(name);
}

std::string Policy::PacketContext(std::string_view type_name) const {
  return impl_->contexts.PacketContext(type_name);
}
const std::vector<PortLabel>& Policy::PortLabels() const { return impl_->contexts.ports(); }

bool Policy::IsValidContext(const std::string& context) const {
  if (context.find('\0') != std::string::npos) return false;
  // A handle of its own for each question, so that questions from several threads don't meet.
  const Messages messages;
  sepol_context_t* record = nullptr;
  if (sepol_context_from_string(messages.handle(), context.c_str(), &record) != 0) return false;
  const bool valid = sepol_context_check(messages.handle(), impl_->database.get(), record) == 0;
  sepol_context_free(record);
  return valid;
}

Access Policy::Allowed(TypeId source, TypeId target, std::string_view object_class,
                       std::string_view permission) const {
  APPNET_CHECK(source < type_count() && target < type_count(), "no such type");
  return impl_->access.Allowed(impl_->types, source, target, impl_->classes.Find(object_class, permission));
}

std::vector<Policy::Holder> Policy::Holders(TypeId target, std::string_view object_class,
                                            std::string_view permission) const {
  APPNET_CHECK(target < type_count(), "no such type");
  return impl_->access.Holders(impl_->types, target, impl_->classes.Find(object_class, permission));
}

base::Result<flow::ConditionId> Policy::AllowedWhen(TypeId source, TypeId target,
                                                    std::string_view object_class,
                                                    std::string_view permission,
                                                    flow::Conditions& conditions) const {
  APPNET_CHECK(source < type_count() && target < type_count(), "no such type");
  base::Result<flow::ConditionId> when =
      impl_->access.AllowedWhen(impl_->types, impl_->booleans, source, target,
                                impl_->classes.Find(object_class, permission), conditions);
  if (!when) return InPolicy(name(), when.error());
  return when;
}

base::Result<std::vector<Policy::ConditionalHolder>> Policy::HoldersWhen(TypeId target,
                                                                         std::string_view object_class,
                                                                         std::string_view permission,
                                                                         flow::Conditions& conditions) const {
  APPNET_CHECK(target < type_count(), "no such type");
  base::Result<std::vector<ConditionalHolder>> holders = impl_->access.HoldersWhen(
      impl_->types, impl_->booleans, target, impl_->classes.Find(object_class, permission), conditions);
  if (!holders) return InPolicy(name(), holders.error());
  return holders;
}

base::Result<std::vector<Policy::ConditionalHolder>> Policy::LoggedWhen(TypeId target,
                                                                        std::string_view object_class,
                                                                        std::string_view permission,
                                                                        flow::Conditions& conditions) const {
  APPNET_CHECK(target < type_count(), "no such type");
  base::Result<std::vector<ConditionalHolder>> logged = impl_->access.LoggedWhen(
      impl_->types, impl_->booleans, target, impl_->classes.Find(object_class, permission), conditions);
  if (!logged) return InPolicy(name(), logged.error());
  return logged;
}

base::Result<std::vector<Policy::AllowRule>> Policy::RulesFor(TypeId source, TypeId target,
                                                              std::string_view object_class,
                                                              std::string_view permission,
                                                              flow::Conditions& conditions) const {
  APPNET_CHECK(source < type_count() && target < type_count(), "no such type");
  base::Result<std::vector<AllowRule>> rules =
      impl_->access.RulesFor(impl_->types, impl_->booleans, source, target,
                             impl_->classes.Find(object_class, permission), conditions);
  if (!rules) return InPolicy(name(), rules.error());
  return rules;
}

std::vector<TypeId> Policy::SourcesOf(std::string_view object_class, std::string_view permission) const {
  return impl_->access.SourcesOf(impl_->types, impl_->classes.Find(object_class, permission));
}

std::vector<TypeId> Policy::TargetsOf(TypeId source, std::string_view object_class,
                                      std::string_view permission) const {
  APPNET_CHECK(source < type_count(), "no such type");
  return impl_->access.TargetsOf(impl_->types, source, impl_->classes.Find(object_class, permission));
}

}  // namespace appnet::sepolicy
