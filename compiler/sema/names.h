#pragma once
// Contract: declared names and what a name means in a file. Roots share one scope; every library has its own.
// A file sees its own scope and those of the libraries it imports itself, never what those import.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sema/modules.h"

namespace appnet::sema {

enum class NameKind { kHost, kInterface, kService, kGroup, kBoolean, kTemplate };
std::string_view WordFor(NameKind kind);  // "host", "group", ...
std::string WithArticle(NameKind kind);   // "a host", "an interface", ...

using DeclarationId = std::uint32_t;

struct Declaration {
  NameKind kind = NameKind::kHost;
  ModuleId module = 0;
  const ast::Name* name = nullptr;
  const ast::Set* set = nullptr;                   // host, interface, service, group
  const ast::TemplateDeclaration* body = nullptr;  // template
  bool value = false;                              // boolean
  bool taken = false;  // the base policy has the name: reported, and the policy's meaning holds
};

// What a name may mean. With `second` it is ambiguous; `incomplete` says that a missing name may be in text
// that could not be read.
struct Lookup {
  std::optional<DeclarationId> first, second;
  bool incomplete = false;
};

class Names {
 public:
  // Collects the declarations; reports names that are declared twice, reserved or taken by the base policy.
  Names(const Modules& modules, const Inputs& inputs);

  const std::vector<Declaration>& all() const { return all_; }
  const Declaration& operator[](DeclarationId id) const { return all_[id]; }

  // Every call is a use of the name: what was found is remembered for `IsUsed` and `IsUsedBy`.
  Lookup Find(ModuleId from, std::string_view name) const;
  // The declaration of the kind that is wanted. Anything else is reported, unless it follows from an earlier
  // error.
  std::optional<DeclarationId> Resolve(ModuleId from, std::string_view name, source::Span span,
                                       NameKind wanted) const;

  void ReportAmbiguous(const Lookup& lookup, std::string_view name, source::Span span) const;
  void ReportWrongKind(DeclarationId found, source::Span span, std::string_view wanted) const;
  // Names of this kind that can be written in the file as they are; for suggestions.
  std::vector<std::string_view> Visible(ModuleId from, NameKind kind) const;
  bool IsUsed(DeclarationId id) const { return used_.contains(id); }
  // A file uses a library of which it has found a name.
  bool IsUsedBy(ModuleId from, ModuleId library) const { return users_.contains({from, library}); }
  // Of the scope that `from` declares into; templates ask it about their parameters.
  std::optional<DeclarationId> FindOwn(ModuleId from, std::string_view name) const;

 private:
  using ScopeId = std::uint32_t;
  using Scope = std::unordered_map<std::string_view, DeclarationId>;

  void Collect(ModuleId module, const ast::Statement& statement);
  void Declare(Declaration declaration);
  void CollectMisplaced(const Module& module);
  void CheckBooleansAcrossFiles() const;
  bool ImportsServices(ModuleId from) const;
  void ReportUnknown(ModuleId from, std::string_view name, source::Span span, NameKind wanted) const;
  ScopeId ScopeOf(ModuleId module) const { return scope_of_[module]; }
  std::string_view QualifierOf(ModuleId module) const;
  std::string QualifiedName(DeclarationId id) const;

  const Modules& modules_;
  const Inputs& inputs_;
  std::vector<Declaration> all_;
  std::set<std::string_view> misplaced_;  // declared where nothing may be: reported there, not at uses
  std::vector<ScopeId> scope_of_;         // by module
  std::vector<Scope> scopes_;
  std::vector<std::vector<ModuleId>>
      visible_;                           // by module: itself and the libraries it imports, each scope once
  mutable std::set<DeclarationId> used_;  // a record of questions, which changes no answer
  mutable std::set<std::pair<ModuleId, ModuleId>> users_;  // likewise: a file, and whose name it has found
};

bool IsReservedWord(std::string_view name);
// "a type", "an alias", "an attribute", "a boolean" of the base policy, or empty.
std::string_view TakenByPolicy(const sepolicy::Policy& policy, std::string_view name);
// Reports a name that nobody may declare; true when the base policy has it.
bool CheckDeclaredName(const ast::Name& name, bool boolean, const Inputs& inputs);

}  // namespace appnet::sema
