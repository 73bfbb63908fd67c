#include "oracle/reference_evaluator.h"

#include <fmt/format.h>

#include <algorithm>

namespace appnet::oracle {
namespace {

bool Has(const base::IntervalSet& set, base::Value value) {
  return std::any_of(set.begin(), set.end(),
                     [&](const base::Interval& i) { return i.low <= value && value <= i.high; });
}

}  // namespace

bool ReferenceEvaluator::Matches(const sema::Rule& rule, const flow::Flow& flow) const {
  if (rule.direction != flow.direction) return false;
  const bool v4 = flow.family == base::Family::kIpv4;
  const flow::Region& region = rule.region;
  if (!Has(region.interfaces, flow.interface)) return false;
  if (flow.direction == flow::Direction::kForward && !Has(region.out, flow.out)) return false;
  return Has(v4 ? region.peer.v4 : region.peer.v6, flow.peer) &&
         Has(v4 ? region.self.v4 : region.self.v6, flow.self) &&
         Has(v4 ? region.services.v4 : region.services.v6, flow.service);
}

std::vector<std::size_t> ReferenceEvaluator::MatchingRules(const flow::Flow& flow) const {
  std::vector<std::size_t> matching;
  for (std::size_t i = 0; i < program_.rules.size(); ++i) {
    if (Matches(program_.rules[i], flow)) matching.push_back(i);
  }
  return matching;
}

std::optional<Outcome> ReferenceEvaluator::Own(const flow::Flow& flow) const {
  Outcome governed{Outcome::Kind::kGoverned, flow.direction == flow::Direction::kForward, {}, 0};
  std::optional<Outcome> labelled;
  for (const std::size_t i : MatchingRules(flow)) {
    const sema::Rule& rule = program_.rules[i];
    if (rule.label) {
      labelled = Outcome{Outcome::Kind::kBaseType, governed.forward, {}, *rule.label};
    } else {
      governed.rules.push_back(i);
    }
  }
  if (!governed.rules.empty()) return governed;
  return labelled;
}

std::optional<Outcome> ReferenceEvaluator::Inherited(flow::Direction direction, flow::Value service) const {
  if (program_.unmatched != sema::UnmatchedMode::kInherit || direction == flow::Direction::kForward)
    return std::nullopt;
  const auto protocol = static_cast<unsigned>(service >> 16);
  const auto port = static_cast<unsigned>(service & 0xffff);
  for (const sepolicy::PortLabel& entry : base_.PortLabels()) {
    if (entry.protocol != protocol || port < entry.low || port > entry.high) continue;
    // the first entry decides, whether or not it leads anywhere
    std::string name = base_.TypeName(entry.type);
    const std::string ending = "_port_t";
    if (name.size() < ending.size() || name.substr(name.size() - ending.size()) != ending)
      return std::nullopt;
    name = name.substr(0, name.size() - ending.size());
    name += direction == flow::Direction::kConnect ? "_client_packet_t" : "_server_packet_t";
    const sepolicy::NameLookup found = base_.Find(name);
    if (found.kind != sepolicy::NameLookup::Kind::kType) return std::nullopt;
    return Outcome{Outcome::Kind::kInheritedType, false, {}, found.id};
  }
  return std::nullopt;
}

Outcome ReferenceEvaluator::Unmatched(flow::Direction direction) const {
  const bool forward = direction == flow::Direction::kForward;
  return {forward ? Outcome::Kind::kUnmatchedForward : Outcome::Kind::kUnmatched, forward, {}, 0};
}

Outcome ReferenceEvaluator::Of(const flow::Flow& flow) const {
  if (auto own = Own(flow)) return *own;
  if (auto inherited = Inherited(flow.direction, flow.service)) return *inherited;
  return Unmatched(flow.direction);
}

Right ReferenceEvaluator::RightOf(const Outcome& outcome, sepolicy::TypeId domain,
                                  const Setting& setting) const {
  Right right;
  for (const std::size_t i : outcome.rules) {
    const sema::Rule& rule = program_.rules[i];
    const auto& subjects = program_.domain_sets[rule.subjects];
    if (std::find(subjects.begin(), subjects.end(), domain) == subjects.end()) continue;
    if (!program_.conditions.Holds(rule.condition, setting)) continue;
    right.allowed = true;
    right.audited = right.audited || rule.audited;
  }
  return right;
}

flow::InterfaceClassId ReferenceEvaluator::ClassOf(const std::string& interface) const {
  const flow::InterfaceClasses& classes = program_.interfaces;
  flow::InterfaceClassId best = 0;
  int best_length = -2;
  for (flow::InterfaceClassId id = 0; id < classes.size(); ++id) {
    const flow::InterfaceClass& candidate = classes[id];
    int length = -2;
    if (candidate.kind == flow::InterfaceClass::Kind::kExact) {
      if (candidate.text == interface) length = 1000;
    } else if (candidate.kind == flow::InterfaceClass::Kind::kPrefix) {
      if (interface.substr(0, candidate.text.size()) == candidate.text)
        length = static_cast<int>(candidate.text.size());
    } else {
      length = -1;
    }
    if (length > best_length) {
      best_length = length;
      best = id;
    }
  }
  return best;
}

std::string Describe(const Outcome& outcome, const ReferenceEvaluator& reference) {
  switch (outcome.kind) {
    case Outcome::Kind::kGoverned: {
      std::string text = "governed by";
      for (const std::size_t i : outcome.rules) text += " [" + reference.program().rules[i].text + "]";
      return text;
    }
    case Outcome::Kind::kBaseType:
      return "labelled " + reference.base().TypeName(outcome.type);
    case Outcome::Kind::kInheritedType:
      return "inherits " + reference.base().TypeName(outcome.type);
    case Outcome::Kind::kUnmatched:
      return "unmatched";
    case Outcome::Kind::kUnmatchedForward:
      return "unmatched forward";
    case Outcome::Kind::kTransit:
      return "transit";
  }
  return "";
}

std::string Describe(const flow::Flow& flow) {
  constexpr const char* kDirections[] = {"connect", "accept", "forward"};
  return fmt::format("{} interface {} out {} peer {} own {} service {}/{}",
                     kDirections[static_cast<int>(flow.direction)], flow.interface, flow.out,
                     base::FormatAddress({flow.family, flow.peer}),
                     base::FormatAddress({flow.family, flow.self}), static_cast<unsigned>(flow.service >> 16),
                     static_cast<unsigned>(flow.service & 0xffff));
}

}  // namespace appnet::oracle
