#include "oracle/meaning.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace appnet::oracle {
namespace {

constexpr const char* kPermissions[] = {"send", "recv", "forward_in", "forward_out"};
constexpr std::size_t kMaxBooleans = 6;

std::string TypeOf(const std::string& context) {
  std::size_t begin = context.find(':');
  if (begin != std::string::npos) begin = context.find(':', begin + 1);
  if (begin == std::string::npos) return "";
  const std::size_t end = context.find(':', begin + 1);
  return context.substr(begin + 1, end == std::string::npos ? end : end - begin - 1);
}

std::string Describe(const Setting& setting) {
  std::string text;
  for (const auto& [name, value] : setting) text += fmt::format(" {}={}", name, value);
  return text.empty() ? " no booleans" : text;
}

}  // namespace

Meaning::Meaning(const ReferenceEvaluator& reference, const CilModel& module)
    : reference_(reference), module_(module) {
  const sema::Program& program = reference.program();
  const sepolicy::Policy& base = reference.base();
  std::set<std::string> booleans;
  std::set<sepolicy::TypeId> subjects(base.Domains().begin(), base.Domains().end());
  for (const sema::DeclaredBoolean& boolean : program.booleans) booleans.insert(boolean.name);
  for (const sema::Rule& rule : program.rules) {
    if (rule.label) continue;
    for (const std::string& name : program.conditions.VariablesOf(rule.condition)) booleans.insert(name);
    const auto& set = program.domain_sets[rule.subjects];
    subjects.insert(set.begin(), set.end());
    if (rule.direction == flow::Direction::kForward) peers_.insert(set.begin(), set.end());
  }
  for (const auto type : {base.KernelType(), base.UnlabeledType(), base.InitialSidType("netif")}) {
    if (type) subjects.insert(*type);
  }
  subjects_.assign(subjects.begin(), subjects.end());
  const std::size_t count = std::min(booleans.size(), kMaxBooleans);
  for (std::size_t bits = 0; bits < std::size_t{1} << count; ++bits) {
    Setting& setting = settings_.emplace_back();
    std::size_t i = 0;
    for (const std::string& name : booleans) setting[name] = (bits >> (i++ % kMaxBooleans) & 1) != 0;
  }
}

std::string Meaning::Difference(const std::string& context, const Outcome& outcome) {
  std::string key = fmt::format("{} {} {}", static_cast<int>(outcome.kind), outcome.forward, outcome.type);
  for (const std::size_t i : outcome.rules) key += fmt::format(" {}", i);
  const auto [known, fresh] = known_.try_emplace({context, key});
  if (fresh) known->second = Compute(context, outcome);
  return known->second;
}

std::string Meaning::CompareTypes(const std::string& context, const std::string& type,
                                  sepolicy::TypeId wanted) const {
  const sepolicy::Policy& base = reference_.base();
  if (type != base.TypeName(wanted)) return fmt::format("is {}, should be {}", type, base.TypeName(wanted));
  const std::string whole =
      base.UnlabeledType() == wanted ? base.UnlabeledContext() : base.PacketContext(type);
  if (context != whole) return fmt::format("context is {}, should be {}", context, whole);
  for (const sepolicy::TypeId subject : subjects_) {
    if (subject == base.KernelType()) continue;  // it may need to send unlabelled packets
    for (const char* permission : kPermissions) {
      for (const Setting& setting : settings_) {
        if (module_.RightOf(base.TypeName(subject), type, permission, setting) != Right{}) {
          return fmt::format("the module gives {} {} on the base type {}", base.TypeName(subject), permission,
                             type);
        }
      }
    }
  }
  return "";
}

bool Meaning::MayForwardSomething(sepolicy::TypeId subject, const Setting& setting) const {
  const sema::Program& program = reference_.program();
  const sepolicy::Policy& base = reference_.base();
  for (std::size_t i = 0; i < program.rules.size(); ++i) {
    const sema::Rule& rule = program.rules[i];
    if (rule.direction != flow::Direction::kForward) continue;
    if (rule.label) {
      if (base.Allowed(subject, *rule.label, "packet", "forward_in").ever) return true;
    } else if (reference_.RightOf({Outcome::Kind::kGoverned, true, {i}, 0}, subject, setting).allowed) {
      return true;
    }
  }
  switch (program.unmatched_forward) {
    case sema::UnmatchedMode::kBase:
      return base.Allowed(subject, *base.UnlabeledType(), "packet", "forward_in").ever;
    case sema::UnmatchedMode::kAudit:
      return base.IsDomain(subject) || base.UnlabeledType() == subject;
    default:
      return false;
  }
}

Right Meaning::Wanted(const Outcome& outcome, sepolicy::TypeId subject, const std::string& permission,
                      const Setting& setting) const {
  const sepolicy::Policy& base = reference_.base();
  const bool of_forward = permission == "forward_in" || permission == "forward_out";
  Right right;
  if (of_forward == outcome.forward) {
    switch (outcome.kind) {
      case Outcome::Kind::kGoverned:
        right = reference_.RightOf(outcome, subject, setting);
        break;
      case Outcome::Kind::kUnmatched:
        if (reference_.program().unmatched == sema::UnmatchedMode::kAudit && base.IsDomain(subject))
          right = {true, true};
        break;
      case Outcome::Kind::kUnmatchedForward:
        // a peer is a domain of another machine, or the unlabeled type where peers carry no label
        if (reference_.program().unmatched_forward == sema::UnmatchedMode::kAudit &&
            (base.IsDomain(subject) || base.UnlabeledType() == subject)) {
          right = {true, true};
        }
        break;
      default:
        break;
    }
  }
  if (permission == "send" && base.KernelType() == subject) right.allowed = true;
  return right;
}

std::string Meaning::Compute(const std::string& context, const Outcome& outcome) const {
  const sema::Program& program = reference_.program();
  const sepolicy::Policy& base = reference_.base();
  const std::string type = TypeOf(context);
  if (type.empty()) return fmt::format("no label (\"{}\")", context);
  const auto base_mode = [](sema::UnmatchedMode mode) {
    return mode == sema::UnmatchedMode::kBase || mode == sema::UnmatchedMode::kInherit;
  };
  switch (outcome.kind) {
    case Outcome::Kind::kBaseType:
    case Outcome::Kind::kInheritedType:
      return CompareTypes(context, type, outcome.type);
    case Outcome::Kind::kUnmatched:
      if (base_mode(program.unmatched)) return CompareTypes(context, type, *base.UnlabeledType());
      break;
    case Outcome::Kind::kUnmatchedForward:
      if (base_mode(program.unmatched_forward)) return CompareTypes(context, type, *base.UnlabeledType());
      break;
    case Outcome::Kind::kTransit: {
      // forward_in for whoever may pass some forwarded packet, and for nobody else whom no rule names;
      // nothing more
      const bool own = module_.types().contains(type);
      for (const sepolicy::TypeId subject : subjects_) {
        const std::string& name = base.TypeName(subject);
        const bool ever = peers_.contains(subject) ||
                          std::any_of(settings_.begin(), settings_.end(), [&](const Setting& setting) {
                            return MayForwardSomething(subject, setting);
                          });
        for (const Setting& setting : settings_) {
          const bool in = own ? module_.RightOf(name, type, "forward_in", setting).allowed
                              : base.Allowed(subject, base.Find(type).id, "packet", "forward_in").ever;
          if (MayForwardSomething(subject, setting) && !in)
            return fmt::format("{} lacks forward_in on transit", name);
          if (in && !ever) return fmt::format("{} has forward_in on transit", name);
          if (!own) continue;
          const bool unmatched_audit = program.unmatched_forward == sema::UnmatchedMode::kAudit;
          const bool local =
              module_.RightOf(name, type, "recv", setting).allowed ||
              (subject != base.KernelType() && module_.RightOf(name, type, "send", setting).allowed);
          if (local || (!unmatched_audit && module_.RightOf(name, type, "forward_out", setting).allowed)) {
            return fmt::format("{} has more than forward_in on transit", name);
          }
        }
      }
      return "";
    }
    case Outcome::Kind::kGoverned:
      break;
  }
  if (!module_.types().contains(type)) return fmt::format("{} is no type of the module", type);
  if (context != base.PacketContext(type))
    return fmt::format("context is {}, should be {}", context, base.PacketContext(type));
  for (const Setting& setting : settings_) {
    for (const sepolicy::TypeId subject : subjects_) {
      for (const char* permission : kPermissions) {
        Right right = module_.RightOf(base.TypeName(subject), type, permission, setting);
        // logging what is not allowed is no grant
        if (!right.allowed) right.audited = false;
        Right wanted = Wanted(outcome, subject, permission, setting);
        if (right == wanted) continue;
        return fmt::format("{}: {} {} is {}{}, should be {}{}, with{}", type, base.TypeName(subject),
                           permission, right.allowed ? "allowed" : "refused", right.audited ? " audited" : "",
                           wanted.allowed ? "allowed" : "refused", wanted.audited ? " audited" : "",
                           Describe(setting));
      }
    }
  }
  return "";
}

}  // namespace appnet::oracle
