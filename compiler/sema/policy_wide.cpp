#include "sema/policy_wide.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string_view>
#include <vector>

#include "diag/suggest.h"

namespace appnet::sema {
namespace {

using diag::Kind;

constexpr std::string_view kAllModes =
    "`unmatched base;` leaves it to the base policy, `inherit` labels it by the base policy's ports, `audit` "
    "lets it "
    "pass and logs it, `deny` stops it";

std::optional<UnmatchedMode> ModeNamed(std::string_view name) {
  if (name == "base") return UnmatchedMode::kBase;
  if (name == "inherit") return UnmatchedMode::kInherit;
  if (name == "audit") return UnmatchedMode::kAudit;
  if (name == "deny") return UnmatchedMode::kDeny;
  return std::nullopt;
}

std::optional<UnmatchedMode> ReadMode(const ast::Unmatched& unmatched, const Inputs& inputs) {
  const std::optional<UnmatchedMode> mode = ModeNamed(unmatched.mode);
  if (!mode) {
    std::vector<std::string_view> known{"base", "inherit", "audit", "deny"};
    if (unmatched.forward) known = {"base", "audit", "deny"};
    auto report = inputs.emitter.Report(Kind::kUnknownMode, unmatched.mode_span,
                                        fmt::format("unknown mode `{}`", unmatched.mode));
    if (const auto near = diag::Nearest(unmatched.mode, known)) report.DidYouMean(*near);
    report.Help(fmt::format("the modes are `{}`", fmt::join(known, "`, `")));
    return std::nullopt;
  }
  if (unmatched.forward && *mode == UnmatchedMode::kInherit) {
    inputs.emitter.Report(Kind::kUnknownMode, unmatched.mode_span, "routed traffic has no mode `inherit`")
        .Note("the base policy's port types are for the ports of this machine")
        .Help("write `base`, `audit` or `deny`");
    return std::nullopt;
  }
  return mode;
}

// One of the two statements, among all roots.
class Once {
 public:
  void Read(const ast::Statement& statement, const ast::Unmatched& unmatched, const Inputs& inputs,
            UnmatchedMode& mode) {
    if (first_) {
      inputs.emitter
          .Report(Kind::kDuplicateUnmatched, statement.span,
                  unmatched.forward ? "`unmatched forward` is stated twice" : "`unmatched` is stated twice")
          .Label(*first_, "first stated here");
      return;
    }
    first_ = statement.span;
    mode = ReadMode(unmatched, inputs).value_or(mode);
  }
  bool found() const { return first_.has_value(); }
  source::Span place() const { return first_.value_or(source::Span{}); }

 private:
  std::optional<source::Span> first_;
};

}  // namespace

void ReadPolicyWide(const Modules& modules, const Inputs& inputs, Program& program) {
  Once local;
  Once forward;
  bool complete = true;
  for (std::size_t i = 0; i < modules.root_count; ++i) {
    const Module& module = modules.all[i];
    complete = complete && !module.broken && !module.library;
    if (!module.library && !module.name.empty() && program.name.empty()) {
      program.name = module.name;
      program.name_span = module.name_span;
    }
    for (const ast::Statement& statement : module.tree->statements) {
      if (std::holds_alternative<ast::EnforceAlways>(statement.what)) program.enforce_always = true;
      const auto* unmatched = std::get_if<ast::Unmatched>(&statement.what);
      if (unmatched == nullptr) continue;
      if (unmatched->forward) {
        forward.Read(statement, *unmatched, inputs, program.unmatched_forward);
      } else {
        local.Read(statement, *unmatched, inputs, program.unmatched);
      }
    }
  }
  program.unmatched_at = {local.place(), forward.place()};
  if (local.found() || !complete || modules.root_count == 0) return;
  const source::Span start{modules.all.front().tree->file, 0, 0};
  inputs.emitter
      .Report(Kind::kUnmatchedMissing, program.name.empty() ? start : program.name_span,
              "the policy does not say what becomes of traffic that no rule matches")
      .Note(
          "every packet is checked once rules are loaded, and what an unlabelled one means differs by "
          "distribution")
      .Help(std::string(kAllModes));
}

void CheckBasePolicy(bool forwards, const Inputs& inputs) {
  const sepolicy::Policy& policy = inputs.policy;
  std::vector<std::string_view> missing;
  std::vector<std::string_view> needed{"send", "recv", "relabelto"};
  if (forwards) needed.insert(needed.end(), {"forward_in", "forward_out"});
  if (!policy.HasClass("packet")) {
    inputs.emitter
        .Report(Kind::kNoPacketClass, fmt::format("the policy `{}` has no class `packet`", policy.name()))
        .Help("packet labels need a base policy for SECMARK, such as refpolicy");
  } else {
    for (const std::string_view permission : needed) {
      if (!policy.HasPermission("packet", permission)) missing.push_back(permission);
    }
    if (!missing.empty()) {
      inputs.emitter.Report(Kind::kNoPacketClass, fmt::format("class `packet` of the policy `{}` lacks `{}`",
                                                              policy.name(), fmt::join(missing, "`, `")));
    }
  }
  if (!policy.KernelType()) {
    inputs.emitter.Report(
        Kind::kNoKernelType,
        fmt::format("the policy `{}` has no context for the initial SID `kernel`", policy.name()));
  }
  if (!policy.UnlabeledType()) {
    inputs.emitter.Report(
        Kind::kNoKernelType,
        fmt::format("the policy `{}` has no context for the initial SID `unlabeled`", policy.name()));
  }
}

}  // namespace appnet::sema
