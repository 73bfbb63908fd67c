#include "lower/module_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "diag/suggest.h"
#include "sepolicy/own_module.h"

namespace appnet::lower {
namespace {

using sepolicy::TypeId;

std::vector<std::string> Names(const sepolicy::Policy& base, const std::vector<TypeId>& types) {
  std::vector<std::string> names;
  names.reserve(types.size());
  for (const TypeId type : types) names.push_back(base.TypeName(type));
  std::sort(names.begin(), names.end());
  return names;
}

// New transit packets pass forward_in for whoever could pass the check of their class that follows.
std::vector<std::string> TransitTypes(const sema::Program& program, const sepolicy::Policy& base) {
  std::set<TypeId> types;
  auto add_holders = [&](TypeId target) {
    for (const auto& holder : base.Holders(target, "packet", "forward_in")) types.insert(holder.source);
  };
  for (const sema::Rule& rule : program.rules) {
    if (rule.direction != flow::Direction::kForward) continue;
    if (rule.label) {
      add_holders(*rule.label);
    } else {
      types.insert(program.domain_sets[rule.subjects].begin(), program.domain_sets[rule.subjects].end());
    }
  }
  switch (program.unmatched_forward) {
    case sema::UnmatchedMode::kBase:
      add_holders(*base.UnlabeledType());
      break;
    case sema::UnmatchedMode::kAudit:
      types.insert(base.Domains().begin(), base.Domains().end());
      types.insert(*base.UnlabeledType());
      break;
    case sema::UnmatchedMode::kInherit:
    case sema::UnmatchedMode::kDeny:
      break;
  }
  return Names(base, {types.begin(), types.end()});
}

}  // namespace

void AddModuleFacts(const sema::Program& program, const sepolicy::Policy& base,
                    const std::vector<std::string>& loaders, ir::Policy& policy, diag::Emitter& emitter) {
  const TypeId kernel = *base.KernelType();
  const TypeId unlabeled = *base.UnlabeledType();
  policy.attribute = sepolicy::kOwnAttribute;
  policy.kernel_attribute = sepolicy::kKernelAttribute;
  policy.loader_attribute = sepolicy::kLoaderAttribute;
  policy.kernel_type = base.TypeName(kernel);
  policy.unlabeled_type = base.TypeName(unlabeled);
  policy.kernel_sends_unlabeled = base.Allowed(kernel, unlabeled, "packet", "send").always;

  std::vector<TypeId> loader_types;
  if (loaders.empty()) {
    loader_types = base.SourcesOf("packet", "relabelto");
    if (loader_types.empty()) {
      emitter
          .Report(
              diag::Kind::kNoLoader,
              fmt::format("no domain of the policy `{}` may label packets, so nobody could load the rules",
                          base.name()))
          .Help("name the domain that loads rules with --loader TYPE");
    }
  }
  for (const std::string& name : loaders) {
    const sepolicy::NameLookup found = base.Find(name);
    if (found.kind != sepolicy::NameLookup::Kind::kType) {
      auto report = emitter.Report(
          diag::Kind::kNoLoader,
          fmt::format("`{}`, given with --loader, is no type of the policy `{}`", name, base.name()));
      std::vector<std::string_view> domains;
      for (const TypeId domain : base.Domains()) domains.push_back(base.TypeName(domain));
      if (const auto near = diag::Nearest(name, domains)) report.DidYouMean(*near);
      continue;
    }
    loader_types.push_back(found.id);
  }
  policy.loaders = Names(base, loader_types);
  if (const auto attribute = base.DomainAttribute()) policy.domain_attribute = base.AttributeName(*attribute);
  policy.all_domains = Names(base, base.Domains());
  for (const ir::Label& label : policy.labels) {
    if (label.kind == ir::LabelKind::kTransit) policy.transit_types = TransitTypes(program, base);
    if (label.own) continue;
    const sepolicy::NameLookup type = base.Find(label.type);
    for (const TypeId loader : loader_types) {
      if (base.Allowed(loader, type.id, "packet", "relabelto").always) continue;
      policy.missing_relabelto.emplace_back(base.TypeName(loader), label.type);
    }
  }
  std::sort(policy.missing_relabelto.begin(), policy.missing_relabelto.end());

  for (const sema::DeclaredBoolean& boolean : program.booleans)
    policy.booleans.push_back({boolean.name, boolean.value});
  policy.required_booleans = ir::RequiredBooleans(policy);
  policy.enforce_always = program.enforce_always;
}

void CheckCollisions(const sepolicy::Policy& base, const ir::Policy& policy, diag::Emitter& emitter) {
  const auto taken = [&](std::string_view name) {
    return base.Find(name).kind != sepolicy::NameLookup::Kind::kNone;
  };
  for (const std::string_view attribute :
       {sepolicy::kOwnAttribute, sepolicy::kKernelAttribute, sepolicy::kLoaderAttribute}) {
    if (!taken(attribute)) continue;
    emitter
        .Report(diag::Kind::kTypeCollision,
                fmt::format("the base policy `{}` has a type `{}`", base.name(), attribute))
        .Note("every module of ours declares an attribute of this name")
        .Help("rename the type in the module that brings it");
  }
  for (const ir::Label& label : policy.labels) {
    if (!label.own || !taken(label.type)) continue;
    emitter
        .Report(
            diag::Kind::kTypeCollision,
            fmt::format("the packet type `{}` has a name that the base policy `{}` uses for something else",
                        label.type, base.name()))
        .Note(fmt::format("it does not carry `{}`, so no earlier module of ours made it",
                          sepolicy::kOwnAttribute))
        .Help("rename it in the module that brings it");
  }
}

}  // namespace appnet::lower
