#include "backend/iptables/search.h"

#include <algorithm>
#include <span>

#include "base/check.h"

namespace appnet::backend::iptables {
namespace {

constexpr std::size_t kFanOut = 8;
constexpr std::size_t kLinear = 12;  // up to so many rules stay one chain

using Runs = std::span<const Run>;

// The target of most runs; the smallest among equals.
Target Commonest(Runs runs) {
  std::vector<Target> targets;
  targets.reserve(runs.size());
  for (const Run& run : runs) targets.push_back(run.target);
  std::sort(targets.begin(), targets.end());
  Target commonest = targets.front();
  std::size_t most = 0;
  for (std::size_t i = 0; i < targets.size();) {
    const std::size_t first = i;
    while (i < targets.size() && targets[i] == targets[first]) ++i;
    if (i - first > most) {
      most = i - first;
      commonest = targets[first];
    }
  }
  return commonest;
}

// fan_out ^ levels, or `enough` if that is less.
std::size_t Capacity(std::size_t fan_out, std::size_t levels, std::size_t enough) {
  std::size_t capacity = 1;
  for (; levels > 0 && capacity < enough; --levels) capacity *= fan_out;
  return std::min(capacity, enough);
}

class Tree {
 public:
  Tree(Chains& chains, char stem, const Axis& axis) : chains_(chains), stem_(stem), axis_(axis) {}

  Target Root(Runs runs, unsigned max_height) {
    const std::size_t tests = TestsOf(runs, Commonest(runs)).size();
    unsigned height = 0;
    for (const Run& run : runs) height = std::max(height, chains_.HeightOf(run.target));
    APPNET_CHECK(max_height > height, "a look-up deeper than chains may nest");
    const std::size_t allowed = max_height - height;
    fan_out_ = kFanOut;
    std::size_t levels = 1;
    while (levels < allowed && tests > kLinear && Capacity(fan_out_, levels, tests) < tests) ++levels;
    while (tests > kLinear && Capacity(fan_out_, levels, tests) < tests) ++fan_out_;
    return Build(runs, levels);
  }

 private:
  // The runs that need a test when the others are what is left.
  static std::vector<std::size_t> TestsOf(Runs runs, Target fallback) {
    std::vector<std::size_t> tests;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (runs[i].target != fallback) tests.push_back(i);
    }
    return tests;
  }

  Target Build(Runs runs, std::size_t levels) {
    const Target fallback = Commonest(runs);
    const std::vector<std::size_t> tests = TestsOf(runs, fallback);
    Draft draft(chains_);
    if (tests.size() <= std::max(kLinear, fan_out_)) {
      for (const std::size_t i : tests) {
        for (const std::string& test : axis_.Tests(runs[i].where)) {
          if (axis_.tested_first()) {
            draft.GotoOrFallBack(test, runs[i].target, fallback);
          } else {
            draft.Goto(test, runs[i].target);
          }
        }
      }
    } else {
      APPNET_CHECK(levels > 1, "a search tree too small for its leaves");
      const std::size_t capacity = Capacity(fan_out_, levels - 1, tests.size());
      const std::size_t groups = (tests.size() + capacity - 1) / capacity;
      for (std::size_t group = 0; group < groups; ++group) {
        AddGroup(runs, tests, tests.size() * group / groups, tests.size() * (group + 1) / groups, fallback,
                 levels, draft);
      }
    }
    draft.Goto("", fallback);
    return chains_.Intern(stem_, draft);
  }

  // One rule for tests[first] .. tests[end - 1].
  void AddGroup(Runs runs, const std::vector<std::size_t>& tests, std::size_t first, std::size_t end,
                Target fallback, std::size_t levels, Draft& draft) {
    const std::size_t first_run = tests[first];
    const std::size_t last_run = tests[end - 1];
    const Interval hull{runs[first_run].where.low, runs[last_run].where.high};
    const Interval room{first == 0 ? runs.front().where.low : runs[tests[first - 1]].where.high + 1,
                        end == tests.size() ? runs.back().where.high : runs[tests[end]].where.low - 1};
    const Interval region = axis_.Widened(hull, room);
    std::vector<Run> inside;  // what the room around the hull has is the fallback
    if (region.low < hull.low) inside.push_back({{region.low, hull.low - 1}, fallback});
    inside.insert(inside.end(), runs.begin() + static_cast<std::ptrdiff_t>(first_run),
                  runs.begin() + static_cast<std::ptrdiff_t>(last_run) + 1);
    if (region.high > hull.high) inside.push_back({{hull.high + 1, region.high}, fallback});
    const Target child = Build(inside, levels - 1);
    for (const std::string& test : axis_.Tests(region)) draft.Goto(test, child);
  }

  Chains& chains_;
  char stem_;
  const Axis& axis_;
  std::size_t fan_out_ = kFanOut;
};

}  // namespace

std::vector<Run> WithGaps(const std::vector<Run>& runs, Value maximum, Target below) {
  std::vector<Run> all;
  all.reserve(2 * runs.size() + 1);
  auto add = [&](Interval where, Target target) {
    if (!all.empty() && all.back().target == target) {
      all.back().where.high = where.high;
    } else {
      all.push_back({where, target});
    }
  };
  Value low = 0;
  bool at_end = false;  // low has run past the greatest value
  for (const Run& run : runs) {
    APPNET_CHECK(!at_end && run.where.low >= low && run.where.low <= run.where.high,
                 "runs overlap or are out of order");
    if (run.where.low > low) add({low, run.where.low - 1}, below);
    add(run.where, run.target);
    at_end = run.where.high == maximum;
    low = run.where.high + 1;
  }
  if (!at_end) add({low, maximum}, below);
  return all;
}

Target Search(Chains& chains, char stem, const Axis& axis, const std::vector<Run>& runs,
              unsigned max_height) {
  if (runs.size() == 1) return runs.front().target;
  return Tree(chains, stem, axis).Root(runs, max_height);
}

}  // namespace appnet::backend::iptables
