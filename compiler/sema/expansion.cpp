#include "sema/expansion.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ast/print.h"
#include "sema/regions.h"

namespace appnet::sema {

using diag::Kind;

void Expansion::Expand(const std::vector<ast::Statement>& statements, const Frame& frame) {
  for (const ast::Statement& statement : statements) {
    if (stopped_) return;
    ExpandStatement(statement, frame);
  }
}

void Expansion::ExpandStatement(const ast::Statement& statement, const Frame& frame) {
  Frame inner = frame;
  ++inner.depth;
  inner.annotations = Inherit(frame.annotations, statement.annotations);
  if (TooDeep(inner, statement.span)) return;
  if (const auto* block = std::get_if<ast::DomainBlock>(&statement.what))
    return ExpandDomainBlock(*block, inner);
  if (const auto* block = std::get_if<ast::LabelBlock>(&statement.what))
    return ExpandLabelBlock(*block, inner);
  if (const auto* block = std::get_if<ast::IfBlock>(&statement.what)) return ExpandIf(*block, inner);
  if (const auto* use = std::get_if<ast::Use>(&statement.what)) return ExpandUse(*use, inner);
  if (const auto* rule = std::get_if<ast::Rule>(&statement.what)) return ExpandRule(*rule, inner);
  if (const auto* assertion = std::get_if<ast::Assertion>(&statement.what)) {
    return ExpandAssertion(*assertion, statement, inner);
  }
}

void Expansion::ExpandDomainBlock(const ast::DomainBlock& block, const Frame& frame) {
  if (frame.in_domain || frame.in_label) return;
  Frame inner = frame;
  inner.in_domain = true;
  inner.subjects = DomainsOf(block.domains, frame.place);
  Expand(block.body, inner);
}

void Expansion::ExpandLabelBlock(const ast::LabelBlock& block, const Frame& frame) {
  if (frame.in_domain || frame.in_label) return;
  Frame inner = frame;
  inner.in_label = true;
  if (frame.place.ParameterNamed(block.type.text)) {
    inputs_.emitter.Report(
        Kind::kWrongNameKind, block.type.span,
        fmt::format("`{}` is a parameter, and a type of the base policy is wanted here", block.type.text));
  } else {
    inner.packet_type = FindPacketType(block.type, frame.place.module, names_, inputs_);
  }
  Expand(block.body, inner);
}

void Expansion::ExpandIf(const ast::IfBlock& first, const Frame& frame) {
  Frame inner = frame;
  const ast::IfBlock* block = &first;
  // `else if` is a chain and not a nest: however long it is, the stack stays as it is.
  for (Guard guard = frame.guard;;) {
    Branches branches;
    if (block->condition != nullptr) {
      flow::Conditions& conditions = dry_ ? dry_conditions_ : program_.conditions;
      branches = Branch(guard, *block->condition, frame.place.module, names_, conditions, inputs_);
    } else {
      branches = {guard, guard};  // a syntax error
    }
    inner.guard = std::move(branches.then_guard);
    Expand(block->then_body, inner);
    const std::vector<ast::Statement>& rest = block->else_body;
    const auto* next = rest.size() == 1 ? std::get_if<ast::IfBlock>(&rest.front().what) : nullptr;
    if (next != nullptr && rest.front().annotations.empty()) {
      guard = std::move(branches.else_guard);
      block = next;
      continue;
    }
    inner.guard = std::move(branches.else_guard);
    Expand(rest, inner);
    return;
  }
}

void Expansion::ExpandUse(const ast::Use& use, const Frame& frame) {
  const auto id = names_.Resolve(frame.place.module, use.name.text, use.name.span, NameKind::kTemplate);
  if (!id) return;
  const ast::TemplateDeclaration& body = *names_[*id].body;
  const std::size_t wanted = body.parameters.size();
  if (use.arguments.size() != wanted) {
    auto report = inputs_.emitter.Report(
        Kind::kTemplateArity, use.name.span,
        fmt::format("the template `{}` has {} parameter{}, and is used with {} argument{}", use.name.text,
                    wanted, wanted == 1 ? "" : "s", use.arguments.size(),
                    use.arguments.size() == 1 ? "" : "s"));
    report.Label(body.name.span, "declared here");
    if (wanted > 0 && use.arguments.size() > wanted)
      report.Help("a union as one argument stands in parentheses: `(a, b)`");
    return;
  }
  Bindings bindings{&body, {}, use.name.span};
  bool good = true;
  for (std::size_t i = 0; i < wanted; ++i) {
    const ast::Parameter& parameter = body.parameters[i];
    bindings.values.push_back(sets_.Evaluate(use.arguments[i], KindOf(parameter), frame.place, &parameter));
    good = good && bindings.values.back();
  }
  if (dry_ || !good || templates_.IsBroken(*id)) return;
  if (++expansions_ > kMaxExpandedRules) {
    return Stop(frame, use.name.span,
                fmt::format("templates are expanded more than {} times", kMaxExpandedRules));
  }
  Frame inner = frame;
  inner.place = {names_[*id].module, &bindings};
  inner.used_at.insert(inner.used_at.begin(), use.name.span);
  Expand(body.body, inner);
}

void Expansion::ExpandRule(const ast::Rule& rule, const Frame& frame) {
  const bool forward = rule.kind == ast::RuleKind::kForward;
  const bool in_body = frame.place.bindings != nullptr;
  const bool misplaced =
      forward ? frame.in_domain : !frame.in_domain && !frame.in_label && !(in_body && dry_);
  std::optional<flow::Region> region =
      RegionOf(rule, frame.place, frame.used_at, sets_, program_.interfaces, inputs_.emitter);
  std::optional<sepolicy::TypeId> peer = inputs_.policy.UnlabeledType();
  if (rule.as_type) peer = PeerType(*rule.as_type, frame);
  if (!region || dry_ || misplaced) return;

  Rule made;
  made.direction = DirectionOf(rule.kind);
  made.condition = frame.guard.condition;
  made.audited = rule.audited;
  made.origin = {rule.span, frame.used_at, Inherit(frame.annotations, rule.annotations)};
  if (frame.in_label) {
    if (!frame.packet_type) return;
    made.label = frame.packet_type;
  } else if (forward) {
    if (!peer) return;
    made.subjects = Intern({*peer});
  } else {
    if (!frame.subjects) return;
    made.subjects = *frame.subjects;
  }
  if (in_body && ++expanded_rules_ > kMaxExpandedRules) {
    return Stop(frame, rule.span, fmt::format("templates expand to more than {} rules", kMaxExpandedRules));
  }
  made.region = *std::move(region);
  made.text = TextOf(rule);
  (made.label ? label_rules_ : program_.rules).push_back(std::move(made));
}

void Expansion::ExpandAssertion(const ast::Assertion& assertion, const ast::Statement& statement,
                                const Frame& frame) {
  if (frame.in_domain || frame.in_label) return;
  const bool forward = assertion.rule.kind == ast::RuleKind::kForward;
  const std::optional<DomainSetId> domains =
      forward ? PeersOf(assertion.domains, frame.place) : DomainsOf(assertion.domains, frame.place);
  std::optional<flow::Region> region =
      RegionOf(assertion.rule, frame.place, frame.used_at, sets_, program_.interfaces, inputs_.emitter);
  Assertion made;
  if (assertion.rule.as_type) {
    made.as_type = PeerType(*assertion.rule.as_type, frame);
    if (!made.as_type) return;
  }
  if (!domains || !region || dry_) return;
  made.kind = assertion.kind == ast::AssertKind::kCan      ? Assertion::Kind::kCan
              : assertion.kind == ast::AssertKind::kCannot ? Assertion::Kind::kCannot
                                                           : Assertion::Kind::kOnlyCan;
  made.domains = *domains;
  made.direction = DirectionOf(assertion.rule.kind);
  made.region = *std::move(region);
  made.origin = {statement.span, frame.used_at, frame.annotations};
  constexpr std::string_view kForms[] = {"assert {0} can {1}", "assert {0} cannot {1}",
                                         "assert only {0} can {1}"};
  made.text = fmt::format(fmt::runtime(kForms[static_cast<int>(assertion.kind)]),
                          ast::Print(assertion.domains), TextOf(assertion.rule));
  program_.assertions.push_back(std::move(made));
}

void Expansion::Resolve(const ast::Question& question, const Frame& frame) {
  const bool forward = question.direction == ast::RuleKind::kForward;
  Question made;
  made.kind = question.kind == ast::Question::Kind::kWho   ? Question::Kind::kWho
              : question.kind == ast::Question::Kind::kCan ? Question::Kind::kCan
                                                           : Question::Kind::kWhat;
  made.direction = DirectionOf(question.direction);
  bool good = true;
  if (question.domains) {
    made.domains =
        forward ? PeersOf(*question.domains, frame.place) : DomainsOf(*question.domains, frame.place);
    good = made.domains.has_value();
  }
  ast::Rule every;
  every.kind = question.direction;
  every.services.emplace().span = question.span;
  every.services->items.push_back({ast::AnyItem{}, question.span});
  const ast::Rule& rule = question.rule ? *question.rule : every;
  std::optional<flow::Region> region =
      RegionOf(rule, frame.place, frame.used_at, sets_, program_.interfaces, inputs_.emitter);
  if (rule.as_type) {
    made.as_type = PeerType(*rule.as_type, frame);
    good = good && made.as_type;
  }
  if (!region || !good) return;
  made.region = *std::move(region);
  program_.question = std::move(made);
}

void Expansion::Finish() {
  for (Rule& rule : label_rules_) program_.rules.push_back(std::move(rule));
  label_rules_.clear();
}

std::optional<DomainSetId> Expansion::DomainsOf(const ast::Set& set, const Place& place) {
  const MaybeSet value = sets_.Evaluate(set, NameKind::kGroup, place);
  if (!value || dry_) return std::nullopt;
  std::vector<sepolicy::TypeId> types;
  for (const flow::Interval& interval : value->plain) {
    for (auto type = interval.low; type <= interval.high; ++type)
      types.push_back(static_cast<sepolicy::TypeId>(type));
  }
  return Intern(std::move(types));
}

// Labels of peers: as domains, but also the types that peers have and no process. Most peers have the
// unlabeled type.
std::optional<DomainSetId> Expansion::PeersOf(const ast::Set& set, const Place& place) {
  std::vector<sepolicy::TypeId> types;
  ast::Set domains;
  domains.span = set.span;
  for (const ast::SetItem& item : set.items) {
    const auto* name = std::get_if<ast::NameItem>(&item.what);
    if (name == nullptr) return DomainsOf(set, place);
    const sepolicy::NameLookup found = inputs_.policy.Find(name->text);
    if (!place.ParameterNamed(name->text) && found.kind == sepolicy::NameLookup::Kind::kType &&
        !inputs_.policy.IsDomain(found.id) && MayBePeer(found.id, inputs_.policy)) {
      types.push_back(found.id);
    } else {
      domains.items.push_back({*name, item.span});
    }
  }
  if (types.empty() || set.has_except) return DomainsOf(set, place);
  if (!domains.items.empty()) {
    const std::optional<DomainSetId> others = DomainsOf(domains, place);
    if (!others) return std::nullopt;
    const std::vector<sepolicy::TypeId>& more = program_.domain_sets[*others];
    types.insert(types.end(), more.begin(), more.end());
  }
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  return dry_ ? std::nullopt : std::optional(Intern(std::move(types)));
}

std::optional<sepolicy::TypeId> Expansion::PeerType(const ast::Name& name, const Frame& frame) {
  const auto parameter = frame.place.ParameterNamed(name.text);
  if (!parameter) return FindPeerType(name, frame.place.module, names_, inputs_);
  const ast::Parameter& declared = *parameter->declared;
  if (KindOf(declared) != NameKind::kGroup) {
    inputs_.emitter
        .Report(
            Kind::kWrongNameKind, name.span,
            fmt::format("`{}` is {}, and a type is wanted here", name.text, WithArticle(KindOf(declared))))
        .Label(declared.name.span, "a parameter of the template");
    return std::nullopt;
  }
  const MaybeSet& value = *parameter->value;
  if (!value) return std::nullopt;
  const flow::Interval& first = value->plain.intervals().front();
  if (value->plain.size() == 1 && first.low == first.high) return static_cast<sepolicy::TypeId>(first.low);
  auto report = inputs_.emitter.Report(
      Kind::kTemplateArgument, name.span,
      fmt::format("`as` wants one type, and the argument for `{}` has several", name.text));
  report.Label(declared.name.span, "the parameter").Help("use the template once for each type");
  if (!frame.used_at.empty()) report.Label(frame.used_at.front(), "used here");
  return std::nullopt;
}

DomainSetId Expansion::Intern(std::vector<sepolicy::TypeId> types) {
  const auto next = static_cast<DomainSetId>(program_.domain_sets.size());
  const auto [entry, added] = domain_sets_.emplace(std::move(types), next);
  if (added) program_.domain_sets.push_back(entry->first);
  return entry->second;
}

const std::string& Expansion::TextOf(const ast::Rule& rule) {
  const auto [entry, added] = texts_.try_emplace(&rule);
  if (added) entry->second = ast::Print(rule);
  return entry->second;
}

bool Expansion::TooDeep(const Frame& frame, source::Span span) {
  if (frame.depth <= kMaxDepth) return false;
  Stop(frame, span, fmt::format("templates and blocks stand inside each other more than {} deep", kMaxDepth));
  return true;
}

// Says it where the author began: at the outermost use.
void Expansion::Stop(const Frame& frame, source::Span span, std::string message) {
  stopped_ = true;
  auto report = inputs_.emitter.Report(
      Kind::kTooManyExpansions, frame.used_at.empty() ? span : frame.used_at.back(), std::move(message));
  if (!frame.used_at.empty()) report.Label(span, "while expanding this");
  report.Help("let templates use each other less, or name sets instead of repeating rules");
}

}  // namespace appnet::sema
