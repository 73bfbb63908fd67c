#include "lower/origins.h"

#include <algorithm>
#include <unordered_set>

#include "ir/region_walk.h"

namespace appnet::lower {
namespace {

constexpr std::size_t kQuickSteps = 512;    // a narrow rule needs few
constexpr std::size_t kAllSteps = 300'000;  // for all wide rules together

// The leaves that a rule's region reaches.
class Reached {
 public:
  // `limit` steps at most.
  Reached(const ir::Diagram& diagram, const flow::Region& region, std::size_t limit, ir::NodeId root)
      : walk_(diagram, region, limit, [this](ir::Leaf leaf, const ir::Way&) { leaves_.insert(leaf); }),
        finished_(walk_.Run(root)) {}
  Reached(const Reached&) = delete;
  Reached& operator=(const Reached&) = delete;

  bool finished() const { return finished_; }
  const std::unordered_set<ir::Leaf>& leaves() const { return leaves_; }
  std::size_t steps() const { return walk_.steps(); }

 private:
  std::unordered_set<ir::Leaf> leaves_;
  ir::RegionWalk walk_;
  bool finished_;
};

// A label rule stands behind its own type, another rule behind classes.
bool CanStandBehind(const sema::Rule& rule, const ir::Label& label, const sepolicy::Policy& base) {
  if (rule.label) return label.kind == ir::LabelKind::kBase && label.type == base.TypeName(*rule.label);
  return label.kind == ir::LabelKind::kClass || label.kind == ir::LabelKind::kForwardClass;
}

void Add(std::uint32_t index, const sema::Rule& rule, const Reached& reached, const sepolicy::Policy& base,
         ir::Policy& policy) {
  for (const ir::Leaf leaf : reached.leaves()) {
    if (leaf == ir::kMiss) continue;
    ir::Label& label = policy.labels[ir::LabelFor(leaf)];
    if (CanStandBehind(rule, label, base)) label.rules.push_back(index);
  }
}

}  // namespace

void FindOrigins(const sema::Program& program, const sepolicy::Policy& base, ir::Policy& policy) {
  std::vector<std::uint32_t> wide;
  auto root = [&](const sema::Rule& rule) { return policy.roots[static_cast<std::size_t>(rule.direction)]; };
  for (std::uint32_t i = 0; i < program.rules.size(); ++i) {
    const sema::Rule& rule = program.rules[i];
    const Reached reached(policy.diagram, rule.region, kQuickSteps, root(rule));
    if (reached.finished()) {
      Add(i, rule, reached, base, policy);
    } else {
      wide.push_back(i);
    }
  }
  std::size_t left = kAllSteps;
  for (const std::uint32_t i : wide) {
    const sema::Rule& rule = program.rules[i];
    const Reached reached(policy.diagram, rule.region, left, root(rule));
    left -= std::min(left, reached.steps());
    Add(i, rule, reached, base, policy);
    if (reached.finished()) continue;
    for (ir::Label& label : policy.labels) {
      if (CanStandBehind(rule, label, base)) label.all_rules = false;
    }
  }
  for (ir::Label& label : policy.labels) {
    std::sort(label.rules.begin(), label.rules.end());
    label.rules.erase(std::unique(label.rules.begin(), label.rules.end()), label.rules.end());
  }
}

}  // namespace appnet::lower
