#include "lower/origins.h"

#include <algorithm>
#include <unordered_set>

namespace appnet::lower {
namespace {

using flow::Family;
using flow::Interval;
using flow::IntervalSet;
using flow::Value;
using ir::Field;
using ir::NodeId;

constexpr std::size_t kQuickVisits = 512;      // a narrow rule needs few
constexpr std::size_t kAllVisits = 3'000'000;  // for all wide rules together

// The leaves of a diagram that a region reaches.
class Walk {
 public:
  Walk(const ir::Diagram& diagram, const flow::Region& region, std::size_t limit)
      : diagram_(diagram), region_(region), limit_(limit) {}

  // False when the limit was reached first.
  bool Run(NodeId root) {
    Visit(root, Family::kIpv4, false);
    return visits_ <= limit_;
  }
  const std::unordered_set<ir::Leaf>& leaves() const { return leaves_; }
  std::size_t visits() const { return visits_; }

 private:
  void Visit(NodeId node, Family family, bool family_known) {
    if (visits_ > limit_) return;
    if (diagram_.IsLeaf(node)) {
      leaves_.insert(diagram_.LeafOf(node));
      ++visits_;
      return;
    }
    const int field = diagram_.FieldOf(node);
    if (!family_known && field > static_cast<int>(Field::kFamily)) {  // no family was asked: both
      for (const Family f : flow::kFamilies) {
        if (!region_.services.of(f).empty()) Visit(node, f, true);
      }
      return;
    }
    if (!seen_[static_cast<int>(family)].insert(node).second) return;
    ++visits_;
    switch (static_cast<Field>(field)) {
      case Field::kInterface:
        Descend(node, region_.interfaces, family, family_known);
        break;
      case Field::kOut:
        Descend(node, region_.out, family, family_known);
        break;
      case Field::kFamily:
        for (const Family f : flow::kFamilies) {
          if (!region_.services.of(f).empty()) Visit(diagram_.Child(node, ir::FamilyValue(f)), f, true);
        }
        break;
      case Field::kPeer:
        Descend(node, region_.peer.of(family), family, true);
        break;
      case Field::kService:
        Descend(node, region_.services.of(family), family, true);
        break;
      case Field::kSelf:
        Descend(node, region_.self.of(family), family, true);
        break;
    }
  }

  void Descend(NodeId node, const IntervalSet& set, Family family, bool family_known) {
    const std::size_t count = diagram_.EdgeCount(node);
    for (const Interval& interval : set) {
      std::size_t low = 0;  // the first edge that reaches the interval
      for (std::size_t size = count; size > 0;) {
        const std::size_t half = size / 2;
        if (diagram_.EdgeHigh(node, low + half) < interval.low) {
          low += half + 1;
          size -= half + 1;
        } else {
          size = half;
        }
      }
      for (std::size_t i = low; i < count && visits_ <= limit_; ++i) {
        Visit(diagram_.EdgeChild(node, i), family, family_known);
        if (diagram_.EdgeHigh(node, i) >= interval.high) break;
      }
      if (visits_ > limit_) return;
    }
  }

  const ir::Diagram& diagram_;
  const flow::Region& region_;
  std::size_t limit_;
  std::size_t visits_ = 0;
  std::unordered_set<NodeId> seen_[2];
  std::unordered_set<ir::Leaf> leaves_;
};

// A label rule stands behind its own type, another rule behind classes.
bool CanStandBehind(const sema::Rule& rule, const ir::Label& label, const sepolicy::Policy& base) {
  if (rule.label) return label.kind == ir::LabelKind::kBase && label.type == base.TypeName(*rule.label);
  return label.kind == ir::LabelKind::kClass || label.kind == ir::LabelKind::kForwardClass;
}

void Add(std::uint32_t index, const sema::Rule& rule, const Walk& walk, const sepolicy::Policy& base,
         ir::Policy& policy) {
  for (const ir::Leaf leaf : walk.leaves()) {
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
    Walk walk(policy.diagram, rule.region, kQuickVisits);
    if (walk.Run(root(rule))) {
      Add(i, rule, walk, base, policy);
    } else {
      wide.push_back(i);
    }
  }
  std::size_t left = kAllVisits;
  for (const std::uint32_t i : wide) {
    const sema::Rule& rule = program.rules[i];
    Walk walk(policy.diagram, rule.region, left);
    const bool finished = walk.Run(root(rule));
    left -= std::min(left, walk.visits());
    Add(i, rule, walk, base, policy);
    if (finished) continue;
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
