#include "verify/rules/lookups.h"

#include <fmt/format.h>

#include <algorithm>

namespace appnet::verify::rules {
namespace {

// What tests of protocols, ports and ICMP come to together.
struct Services {
  IntervalSet protocols = IntervalSet::Of(0, 0xff);
  std::optional<IntervalSet> ports, types, codes;
  Family family = Family::kIpv4;

  static void Narrow(std::optional<IntervalSet>& set, const IntervalSet& values) {
    set = set ? set->Intersect(values) : values;
  }

  // No value where a protocol has no such field.
  std::optional<IntervalSet> Values() const {
    std::vector<Interval> values;
    for (const Interval& interval : protocols) {
      for (Value protocol = interval.low; protocol <= interval.high; ++protocol) {
        const auto number = static_cast<unsigned>(protocol);
        const Value first = flow::ServiceValue(number, 0);
        if (!ports && !types && !codes) {
          values.push_back({first, first + 0xffff});
        } else if (ports && !types && !codes && flow::HasPorts(number)) {
          for (const Interval& port : *ports) values.push_back({first + port.low, first + port.high});
        } else if (!ports && types && number == IcmpOf(family)) {
          const IntervalSet any = IntervalSet::Of(0, 0xff);
          for (const Interval& type : *types) {
            for (Value each = type.low; each <= type.high; ++each) {
              for (const Interval& code : codes ? *codes : any)
                values.push_back({first + (each << 8) + code.low, first + (each << 8) + code.high});
            }
          }
        } else {
          return std::nullopt;
        }
      }
    }
    return IntervalSet(std::move(values));
  }
};

}  // namespace

Lookups::Lookups(const Ruleset& ruleset, FlowSpace& space)
    : ruleset_(ruleset),
      space_(space),
      kinds_(ruleset.chains.size(), Kind::kUnknown),
      is_list_(ruleset.chains.size()) {
  for (const std::string& context : ruleset.contexts) labels_.push_back(space.LeafOf(context));
  for (ChainId chain = 0; chain < ruleset.chains.size(); ++chain) {
    KindOf(chain);
    const std::vector<Rule>& rules = ruleset.chains[chain].rules;
    is_list_[chain] = std::all_of(rules.begin(), rules.end(), [](const Rule& rule) {
      return rule.steps.size() == 1 && (std::holds_alternative<SetLabel>(rule.steps[0]) ||
                                        std::holds_alternative<Verdict>(rule.steps[0]));
    });
  }
}

Lookups::Kind Lookups::KindOf(ChainId chain) {
  if (kinds_[chain] != Kind::kUnknown) return kinds_[chain];
  const auto comes_back = [&](const Verdict& verdict) {
    if (verdict.kind == Verdict::Kind::kReturn) return true;
    return verdict.kind != Verdict::Kind::kAccept && KindOf(verdict.chain) == Kind::kLookup;
  };
  const auto fits = [&](const Step& step) {
    if (const auto* verdict = std::get_if<Verdict>(&step)) return comes_back(*verdict);
    if (const auto* map = std::get_if<VerdictMap>(&step)) {
      return std::all_of(map->elements.begin(), map->elements.end(),
                         [&](const VerdictMap::Element& element) { return comes_back(element.verdict); });
    }
    return std::holds_alternative<PacketTest>(step) || std::holds_alternative<MemberTest>(step) ||
           std::holds_alternative<SetLabel>(step) || std::holds_alternative<SetLabelFromMap>(step);
  };
  bool lookup = true;
  for (const Rule& rule : ruleset_.chains[chain].rules) {
    // every step, so that what is reached is classified as well
    for (const Step& step : rule.steps) lookup = fits(step) && lookup;
  }
  return kinds_[chain] = lookup ? Kind::kLookup : Kind::kOther;
}

bool Lookups::Refuse(unsigned line, std::string why) {
  refusal_ = {line, std::move(why)};
  return false;
}

std::optional<NodeId> Lookups::FunctionOf(ChainId chain, const Reading& reading) {
  refusal_ = {};
  return ChainFunction(chain, reading);
}

IntervalSet Lookups::InterfacesOf(std::span<const std::string> names) const {
  IntervalSet classes;
  for (const std::string& name : names) classes = classes.Union(space_.interfaces().Matching(name));
  return classes;
}

std::optional<Lookups::Sides> Lookups::SidesOf(std::span<const PacketTest* const> tests,
                                               const Reading& reading, unsigned line) {
  Sides sides;
  Services services;
  bool by_service = false;
  const auto narrow = [&](Field field, const IntervalSet& values) {
    for (Side& side : sides) {
      if (side.field != field) continue;
      side.values = side.values.Intersect(values);
      return;
    }
    sides.push_back({field, values});
  };
  for (const PacketTest* const test : tests) {
    const std::optional<Field> field = FieldOf(test->key.selector, reading);
    if (!field) {
      Refuse(line, fmt::format("a look-up reads {}, which has no part in it", NameOf(test->key.selector)));
      return std::nullopt;
    }
    if (*field != Field::kService) {
      narrow(*field, test->names.empty() ? test->values : InterfacesOf(test->names));
      continue;
    }
    by_service = true;
    switch (test->key.selector) {
      case Selector::kProtocol:
        services.protocols = test->negated ? services.protocols.Subtract(test->values)
                                           : services.protocols.Intersect(test->values);
        break;
      case Selector::kIcmpType:
        services.family = test->key.family;
        Services::Narrow(services.types, test->values);
        break;
      case Selector::kIcmpCode:
        Services::Narrow(services.codes, test->values);
        break;
      default:
        Services::Narrow(services.ports, test->values);
        break;
    }
  }
  if (by_service) {
    const std::optional<IntervalSet> values = services.Values();
    if (!values) {
      Refuse(line, "a look-up reads a field of a protocol that does not have it");
      return std::nullopt;
    }
    sides.push_back({Field::kService, *values});
  }
  std::sort(sides.begin(), sides.end(), [](const Side& a, const Side& b) { return a.field < b.field; });
  return sides;
}

std::optional<NodeId> Lookups::ChainFunction(ChainId chain, const Reading& reading) {
  const auto key = std::pair(chain, reading);
  if (const auto known = functions_.find(key); known != functions_.end()) return known->second;
  const std::vector<Rule>& rules = ruleset_.chains[chain].rules;
  NodeId function = space_.MakeLeaf(kNothing);
  const Family family = ruleset_.family.value_or(Family::kIpv4);
  for (std::size_t i = rules.size(); i > 0;) {
    // Rules that go away on a hit are taken together.
    const std::size_t end = i;
    std::vector<std::vector<Case>> run;  // of each rule, the last one first
    for (; i > 0; --i) {
      std::vector<Case> cases;
      if (!CasesOf(rules[i - 1], reading, cases)) break;
      run.push_back(std::move(cases));
    }
    if (i != end) {
      std::vector<Case> cases;
      for (auto rule = run.rbegin(); rule != run.rend(); ++rule)
        std::move(rule->begin(), rule->end(), std::back_inserter(cases));
      function = FirstMatch(space_, family, cases, function);
      continue;
    }
    if (refusal_.line != 0) return std::nullopt;
    --i;
    const std::optional<NodeId> made = RuleFunction(rules[i], reading, function);
    if (!made) return std::nullopt;
    function = *made;
  }
  functions_[key] = function;
  return function;
}

// `next`: what the chain's later rules set; they override.
std::optional<NodeId> Lookups::VerdictFunction(const Verdict& verdict, const Reading& reading, NodeId next) {
  if (verdict.kind == Verdict::Kind::kReturn) return space_.MakeLeaf(kNothing);
  const std::optional<NodeId> function = ChainFunction(verdict.chain, reading);
  if (!function) return std::nullopt;
  return verdict.kind == Verdict::Kind::kJump ? space_.Over(next, *function) : *function;
}

bool Lookups::CasesOf(const VerdictMap& map, const Reading& reading, NodeId next, unsigned line,
                      std::vector<Case>& cases) {
  const std::optional<Field> field = FieldOf(map.key.selector, reading);
  if (!field)
    return Refuse(line, fmt::format("a look-up reads {}, which has no part in it", NameOf(map.key.selector)));
  std::vector<Interval> all;
  for (const VerdictMap::Element& element : map.elements) {
    const std::optional<NodeId> node = VerdictFunction(element.verdict, reading, next);
    if (!node) return false;
    IntervalSet values;
    if (!element.name.empty()) {
      values = InterfacesOf({&element.name, 1});
    } else if (map.key.selector == Selector::kProtocol) {
      values = IntervalSet::Of(flow::ServiceValue(static_cast<unsigned>(element.interval.low), 0),
                               flow::ServiceValue(static_cast<unsigned>(element.interval.high), 0xffff));
    } else {
      values = IntervalSet({element.interval});
    }
    all.insert(all.end(), values.begin(), values.end());
    cases.push_back({{{*field, std::move(values)}}, *node});
  }
  std::sort(all.begin(), all.end(), [](const Interval& a, const Interval& b) { return a.low < b.low; });
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].low <= all[i - 1].high) return Refuse(line, "elements that overlap");
  }
  return true;
}

bool Lookups::CasesOf(const Rule& rule, const Reading& reading, std::vector<Case>& cases) {
  const auto goes_away = [](const Verdict& verdict) { return verdict.kind != Verdict::Kind::kJump; };
  if (rule.steps.empty()) return false;
  const NodeId nothing = space_.MakeLeaf(kNothing);
  if (const auto* map = std::get_if<VerdictMap>(&rule.steps[0])) {
    return rule.steps.size() == 1 &&
           std::all_of(map->elements.begin(), map->elements.end(),
                       [&](const VerdictMap::Element& element) { return goes_away(element.verdict); }) &&
           CasesOf(*map, reading, nothing, rule.line, cases);
  }
  const auto* verdict = std::get_if<Verdict>(&rule.steps.back());
  if (verdict == nullptr || !goes_away(*verdict)) return false;
  std::vector<const PacketTest*> tests;
  for (std::size_t i = 0; i + 1 < rule.steps.size(); ++i) {
    const auto* test = std::get_if<PacketTest>(&rule.steps[i]);
    if (test == nullptr) return false;
    tests.push_back(test);
  }
  std::optional<Sides> sides = SidesOf(tests, reading, rule.line);
  if (!sides) return false;
  const std::optional<NodeId> node = VerdictFunction(*verdict, reading, nothing);
  if (!node) return false;
  cases.push_back({std::move(*sides), *node});
  return true;
}

std::optional<NodeId> Lookups::MapFunctionOf(const Key& key, MapId map, const Reading& reading,
                                             unsigned line) {
  std::vector<FlowPart> parts;
  for (const KeyPart& part : key) {
    const std::optional<Field> field = FieldOf(part.selector, reading);
    if (!field) {
      Refuse(line, fmt::format("a look-up reads {}, which has no part in it", NameOf(part.selector)));
      return std::nullopt;
    }
    switch (part.selector) {
      case Selector::kProtocol:
        parts.push_back(FlowPart::kProtocol);
        break;
      case Selector::kIcmpType:
        parts.push_back(FlowPart::kIcmpType);
        break;
      case Selector::kIcmpCode:
        parts.push_back(FlowPart::kIcmpCode);
        break;
      case Selector::kSource:
      case Selector::kDestination:
        parts.push_back(*field == Field::kPeer ? FlowPart::kPeer : FlowPart::kSelf);
        break;
      default:
        parts.push_back(FlowPart::kPort);
        break;
    }
  }
  const auto known = maps_.find({map, parts});
  if (known != maps_.end()) return known->second;
  const auto made = MapFunction(space_, ruleset_.maps[map], parts, labels_);
  if (const auto* why = std::get_if<std::string>(&made)) {
    Refuse(ruleset_.maps[map].line, *why);
    return std::nullopt;
  }
  return maps_[{map, parts}] = std::get<NodeId>(made);
}

// From the last step to the first: what the rule and all after it set.
std::optional<NodeId> Lookups::RuleFunction(const Rule& rule, const Reading& reading, NodeId next) {
  NodeId function = next;
  for (std::size_t i = rule.steps.size(); i > 0;) {
    const Step& step = rule.steps[--i];
    if (const auto* verdict = std::get_if<Verdict>(&step)) {
      const std::optional<NodeId> made = VerdictFunction(*verdict, reading, next);
      if (!made) return std::nullopt;
      function = *made;
    } else if (const auto* map = std::get_if<VerdictMap>(&step)) {
      std::vector<Case> cases;
      if (!CasesOf(*map, reading, next, rule.line, cases)) return std::nullopt;
      function = FirstMatch(space_, ruleset_.family.value_or(Family::kIpv4), cases, next);
    } else if (const auto* label = std::get_if<SetLabel>(&step)) {
      function = space_.Over(function, space_.MakeLeaf(labels_[label->context]));
    } else if (const auto* set = std::get_if<SetLabelFromMap>(&step)) {
      const std::optional<NodeId> labels = MapFunctionOf(set->key, set->map, reading, rule.line);
      if (!labels) return std::nullopt;
      if (function == space_.MakeLeaf(kNothing)) {
        function = space_.Over(*labels, next);
      } else {
        const NodeId hit = space_.diagram().Map(*labels, [](Leaf leaf) {
          return leaf == kNothing ? kNo : leaf == kGarbage ? kGarbage : kYes;
        });
        function = space_.If(hit, space_.Over(function, *labels), next);
      }
    } else if (const auto* member = std::get_if<MemberTest>(&step)) {
      const std::optional<NodeId> hit = MapFunctionOf(member->key, member->set, reading, rule.line);
      if (!hit) return std::nullopt;
      function = space_.If(*hit, function, next);
    } else {
      std::vector<const PacketTest*> tests = {&std::get<PacketTest>(step)};
      while (i > 0 && std::holds_alternative<PacketTest>(rule.steps[i - 1]))
        tests.push_back(&std::get<PacketTest>(rule.steps[--i]));
      const std::optional<Sides> sides = SidesOf(tests, reading, rule.line);
      if (!sides) return std::nullopt;
      const Case all{*sides, function};
      function = FirstMatch(space_, ruleset_.family.value_or(Family::kIpv4), {&all, 1}, next);
    }
  }
  return function;
}

}  // namespace appnet::verify::rules
