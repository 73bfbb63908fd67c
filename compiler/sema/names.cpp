#include "sema/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "sema/statements.h"

namespace appnet::sema {

using diag::Kind;

std::string_view WordFor(NameKind kind) {
  switch (kind) {
    case NameKind::kHost:
      return "host";
    case NameKind::kInterface:
      return "interface";
    case NameKind::kService:
      return "service";
    case NameKind::kGroup:
      return "group";
    case NameKind::kBoolean:
      return "boolean";
    case NameKind::kTemplate:
      return "template";
  }
  return "";
}

std::string WithArticle(NameKind kind) {
  return fmt::format("{} {}", kind == NameKind::kInterface ? "an" : "a", WordFor(kind));
}

namespace {

std::optional<Declaration> AsDeclaration(const ast::Statement& statement) {
  Declaration declaration;
  const auto of_set = [&](NameKind kind, const auto& written) {
    declaration.kind = kind;
    declaration.name = &written.name;
    declaration.set = &written.set;
    return declaration;
  };
  if (const auto* host = std::get_if<ast::HostDeclaration>(&statement.what))
    return of_set(NameKind::kHost, *host);
  if (const auto* interface = std::get_if<ast::InterfaceDeclaration>(&statement.what)) {
    return of_set(NameKind::kInterface, *interface);
  }
  if (const auto* service = std::get_if<ast::ServiceDeclaration>(&statement.what)) {
    return of_set(NameKind::kService, *service);
  }
  if (const auto* group = std::get_if<ast::GroupDeclaration>(&statement.what))
    return of_set(NameKind::kGroup, *group);
  if (const auto* boolean = std::get_if<ast::BooleanDeclaration>(&statement.what)) {
    declaration.kind = NameKind::kBoolean;
    declaration.name = &boolean->name;
    declaration.value = boolean->value;
    return declaration;
  }
  if (const auto* body = std::get_if<ast::TemplateDeclaration>(&statement.what)) {
    declaration.kind = NameKind::kTemplate;
    declaration.name = &body->name;
    declaration.body = body;
    return declaration;
  }
  return std::nullopt;
}

}  // namespace

Names::Names(const Modules& modules, const Inputs& inputs) : modules_(modules), inputs_(inputs) {
  ScopeId next = 1;
  for (const Module& module : modules_.all) scope_of_.push_back(module.root ? 0 : next++);
  scopes_.resize(next);
  for (ModuleId id = 0; id < modules_.all.size(); ++id) {
    std::vector<ModuleId> visible{id};
    std::set<ScopeId> seen{ScopeOf(id)};
    for (const ImportEdge& edge : modules_.all[id].imports) {
      if (seen.insert(ScopeOf(edge.target)).second) visible.push_back(edge.target);
    }
    visible_.push_back(std::move(visible));
    for (const ast::Statement& statement : modules_.all[id].tree->statements) Collect(id, statement);
    CollectMisplaced(modules_.all[id]);
  }
  CheckBooleansAcrossFiles();
}

void Names::Collect(ModuleId module, const ast::Statement& statement) {
  std::optional<Declaration> declaration = AsDeclaration(statement);
  if (!declaration || declaration->name->text.empty()) return;
  declaration->module = module;
  Declare(*declaration);
}

void Names::CollectMisplaced(const Module& module) {
  for (const ast::Statement& top : module.tree->statements) {
    for (const std::vector<ast::Statement>* body : BodiesOf(top)) {
      ForEachStatement(*body, [&](const ast::Statement& statement) {
        if (const auto declaration = AsDeclaration(statement)) misplaced_.insert(declaration->name->text);
      });
    }
  }
}

void Names::Declare(Declaration declaration) {
  const ast::Name& name = *declaration.name;
  declaration.taken = CheckDeclaredName(name, declaration.kind == NameKind::kBoolean, inputs_);
  const auto id = static_cast<DeclarationId>(all_.size());
  all_.push_back(declaration);
  const auto [entry, added] = scopes_[ScopeOf(declaration.module)].emplace(name.text, id);
  if (added) return;
  const Declaration& first = all_[entry->second];
  inputs_.emitter.Report(Kind::kDuplicateName, name.span, fmt::format("`{}` is declared twice", name.text))
      .Label(first.name->span, fmt::format("first declared here, as {}", WithArticle(first.kind)));
}

// A boolean has one name in the whole system, whatever file declares it.
void Names::CheckBooleansAcrossFiles() const {
  std::map<std::string_view, DeclarationId> booleans;
  for (DeclarationId id = 0; id < all_.size(); ++id) {
    if (all_[id].kind != NameKind::kBoolean) continue;
    const auto [entry, added] = booleans.emplace(all_[id].name->text, id);
    const Declaration& first = all_[entry->second];
    if (added || ScopeOf(first.module) == ScopeOf(all_[id].module)) continue;
    inputs_.emitter
        .Report(Kind::kDuplicateName, all_[id].name->span,
                fmt::format("the SELinux boolean `{}` is declared by two files", entry->first))
        .Label(first.name->span, "first declared here");
  }
}

// The last part of the name in the module's header: what stands before the dot of a qualified name.
std::string_view Names::QualifierOf(ModuleId module) const {
  const std::string_view name = modules_.all[module].root ? modules_.PolicyName() : modules_.all[module].name;
  return name.substr(name.rfind('.') + 1);  // without a dot: npos + 1 == 0
}

std::string Names::QualifiedName(DeclarationId id) const {
  return fmt::format("{}.{}", QualifierOf(all_[id].module), all_[id].name->text);
}

Lookup Names::Find(ModuleId from, std::string_view name) const {
  Lookup lookup;
  const std::size_t dot = name.rfind('.');
  const std::string_view base = dot == std::string_view::npos ? name : name.substr(dot + 1);
  lookup.incomplete = misplaced_.contains(base);
  for (const ModuleId module : visible_[from]) {
    lookup.incomplete = lookup.incomplete || modules_.all[module].incomplete;
    if (dot != std::string_view::npos) {
      const std::string_view qualifier = name.substr(0, dot);
      if (qualifier != QualifierOf(module) && qualifier != modules_.all[module].name) continue;
    }
    const Scope& scope = scopes_[ScopeOf(module)];
    const auto found = scope.find(base);
    if (found == scope.end()) continue;
    (lookup.first ? lookup.second : lookup.first) = found->second;
    used_.insert(found->second);
    users_.insert({from, all_[found->second].module});
  }
  return lookup;
}

std::optional<DeclarationId> Names::FindOwn(ModuleId from, std::string_view name) const {
  const Scope& scope = scopes_[ScopeOf(from)];
  const auto found = scope.find(name);
  return found == scope.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string_view> Names::Visible(ModuleId from, NameKind kind) const {
  std::vector<std::string_view> names;
  for (const ModuleId module : visible_[from]) {
    for (const auto& [name, id] : scopes_[ScopeOf(module)]) {
      if (all_[id].kind == kind) names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace appnet::sema
