// Which patterns make classes: those written in good form, and of those in the end the ones that rules tell
// apart.

#include <algorithm>
#include <map>
#include <set>

#include "base/check.h"
#include "sema/interfaces.h"
#include "sema/statements.h"

namespace appnet::sema {
namespace {

using flow::InterfaceClass;
using flow::InterfaceClasses;
using flow::InterfaceClassId;
using flow::IntervalSet;
using Kind = InterfaceClass::Kind;

struct ByIntervals {
  bool operator()(const IntervalSet& a, const IntervalSet& b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [](const flow::Interval& x, const flow::Interval& y) {
                                          return std::pair(x.low, x.high) < std::pair(y.low, y.high);
                                        });
  }
};

template <typename Visit>
void ForEachInterfaceSet(Program& program, const Visit& visit) {
  const auto both = [&](flow::Region& region) {
    visit(region.interfaces);
    if (!region.out.empty()) visit(region.out);
  };
  for (Rule& rule : program.rules) both(rule.region);
  for (Assertion& assertion : program.assertions) both(assertion.region);
  if (program.question) both(program.question->region);
}

using ByPrefix = std::map<std::string, InterfaceClassId, std::less<>>;

// The class that would hold the names of this one if its pattern were not written.
InterfaceClassId ParentOf(const InterfaceClass& child, const ByPrefix& prefixes, InterfaceClassId other) {
  std::size_t length = child.text.size();
  if (child.kind == Kind::kPrefix) --length;
  for (; length > 0; --length) {
    const auto found = prefixes.find(std::string_view(child.text).substr(0, length));
    if (found != prefixes.end()) return found->second;
  }
  return other;
}

// The sets that have the class as a member, for every class.
std::vector<std::vector<std::uint32_t>> Columns(Program& program, std::size_t classes) {
  std::set<IntervalSet, ByIntervals> distinct;
  const IntervalSet any = program.interfaces.Any();
  ForEachInterfaceSet(program, [&](const IntervalSet& set) {
    if (!(set == any)) distinct.insert(set);
  });
  std::vector<std::vector<std::uint32_t>> columns(classes);
  std::uint32_t number = 0;
  for (const IntervalSet& set : distinct) {
    for (const flow::Interval& interval : set) {
      for (auto id = interval.low; id <= interval.high; ++id)
        columns[static_cast<std::size_t>(id)].push_back(number);
    }
    ++number;
  }
  return columns;
}

}  // namespace

std::vector<std::string> CollectPatterns(const Modules& modules, const ast::Question* question) {
  std::set<std::string, std::less<>> patterns;
  const auto collect = [&](const ast::Set& set) {
    ForEachItem(set, [&](const ast::SetItem& item) {
      const auto* interface = std::get_if<ast::InterfaceItem>(&item.what);
      if (interface != nullptr && !FaultOf(interface->pattern)) patterns.emplace(interface->pattern);
    });
  };
  for (const Module& module : modules.all) {
    ForEachStatement(module.tree->statements,
                     [&](const ast::Statement& statement) { ForEachSet(statement, collect); });
  }
  if (question != nullptr && question->rule) ForEachSet(*question->rule, collect);
  return {patterns.begin(), patterns.end()};
}

void DropUnusedPatterns(Program& program) {
  const InterfaceClasses before = program.interfaces;
  const auto other = static_cast<InterfaceClassId>(before.size() - 1);
  const auto columns = Columns(program, before.size());
  ByPrefix prefixes;
  std::map<std::pair<Kind, std::string>, InterfaceClassId> numbers;
  for (InterfaceClassId id = 0; id < before.size(); ++id) {
    numbers.emplace(std::pair(before[id].kind, before[id].text), id);
    if (before[id].kind == Kind::kPrefix) prefixes.emplace(before[id].text, id);
  }
  std::vector<std::string> kept;
  for (InterfaceClassId id = flow::kLoopback + 1; id < other; ++id) {
    // A parent that goes too has its own parent's sets, so one step is enough.
    if (columns[id] != columns[ParentOf(before[id], prefixes, other)]) kept.push_back(before.NameOf(id));
  }
  program.interfaces = InterfaceClasses(kept);
  if (program.interfaces.size() == before.size()) return;

  std::map<IntervalSet, IntervalSet, ByIntervals> renumbered;
  ForEachInterfaceSet(program, [&](IntervalSet& set) {
    const auto [entry, added] = renumbered.try_emplace(set);
    if (added) {
      std::vector<flow::Interval> ids;
      for (InterfaceClassId id = 0; id < program.interfaces.size(); ++id) {
        const InterfaceClass& here = program.interfaces[id];
        if (set.Contains(numbers.at({here.kind, here.text}))) ids.push_back({id, id});
      }
      entry->second = IntervalSet(std::move(ids));
      APPNET_CHECK(!entry->second.empty(), "a set of interfaces lost all its members");
    }
    set = entry->second;
  });
}

}  // namespace appnet::sema
