#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "artifact/flow_table.h"
#include "artifact/flow_words.h"

namespace appnet::artifact {
namespace {

using ir::Field;
using ir::NodeId;
using ir::Value;

constexpr std::string_view kInterfaceWord = "interface \"";
constexpr std::string_view kLabelWord = "label ";
// One line may hold them all, so a table of the largest file has no more.
constexpr ir::Budget kBudget{.edges = 48'000'000, .steps = 400'000'000, .set_elements = 0};

class FlowTableReader {
 public:
  FlowTableReader(std::string_view text, ir::Policy& policy) : rest_(text), policy_(policy) {}

  base::Status Read() {
    if (Line() != kFlowsFirstLine) return Wrong("it does not begin with `appnet flows 1`");
    std::vector<std::string> patterns;
    std::string_view line = Line();
    for (; line.starts_with(kInterfaceWord) && line.size() > kInterfaceWord.size(); line = Line())
      patterns.emplace_back(line.substr(kInterfaceWord.size(), line.size() - kInterfaceWord.size() - 1));
    policy_.interfaces = flow::InterfaceClasses(patterns);
    policy_.diagram = ir::Diagram(kBudget);
    nodes_.push_back({policy_.diagram.MakeLeaf(ir::kMiss), Needs::kNothing, false});
    for (ir::LabelId label = 0; label < policy_.labels.size(); ++label, line = Line()) {
      if (!line.starts_with(kLabelWord) || line.substr(kLabelWord.size()) != policy_.labels[label].type)
        return Wrong(fmt::format("the label `{}` of manifest.json is due", policy_.labels[label].type));
      nodes_.push_back({policy_.diagram.MakeLeaf(ir::LeafFor(label)), Needs::kNothing, false});
    }
    for (; const std::optional<Field> field = FieldAt(line); line = Line()) {
      if (!ReadNode(*field, line)) return Wrong("this is no node of a flow table");
      if (policy_.diagram.exceeded()) return Wrong("the table is larger than can be read");
    }
    for (const bool inherited : {false, true}) {
      for (const flow::Direction direction : flow::kDirections) {
        auto& roots = inherited ? policy_.inherited : policy_.roots;
        if (!ReadRoot(inherited, direction, line, roots[static_cast<std::size_t>(direction)]))
          return Wrong("the table's last lines are no roots");
        line = Line();
      }
    }
    if (!line.empty() || !rest_.empty()) return Wrong("text after the end");
    return base::Done{};
  }

 private:
  // The address family that flows must have where a function asks for addresses.
  enum class Needs { kNothing, kIpv4, kIpv6 };
  struct Node {
    NodeId id;
    Needs needs;
    bool asks_out;  // which interface a packet leaves by: only forwarded ones have two
  };

  // Without its end; a text without one at the end has no such line.
  std::string_view Line() {
    ++line_;
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return {};
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }

  base::Error Wrong(std::string_view what) const {
    return base::Error{fmt::format("line {}: {}", line_, what)};
  }

  static std::optional<Field> FieldAt(std::string_view line) {
    const auto word = std::ranges::find(kFieldWords, line.substr(0, line.find(' ')));
    if (word == kFieldWords.end()) return std::nullopt;
    return static_cast<Field>(word - kFieldWords.begin());
  }

  // The next number of a line, with the blank before it.
  static bool Take(std::string_view& line, Value greatest, Value& value) {
    if (!line.starts_with(' ')) return false;
    line.remove_prefix(1);
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end == 0 || end > 32) return false;
    value = 0;
    for (const char digit : line.substr(0, end)) {
      const std::size_t number = std::string_view("0123456789abcdef").find(digit);
      if (number == std::string_view::npos) return false;
      value = value << 4 | number;
    }
    line.remove_prefix(end);
    return value <= greatest;
  }

  // Nodes of addresses end at their family's greatest address.
  Value MaximumOf(Field field, Value last) const {
    if (field == Field::kPeer || field == Field::kSelf) {
      const Value v4 = base::MaxAddress(base::Family::kIpv4);
      return last == v4 ? v4 : base::MaxAddress(base::Family::kIpv6);
    }
    return ir::Space{flow::Direction::kForward, policy_.interfaces.size()}.Maximum(field,
                                                                                   base::Family::kIpv4);
  }

  bool ReadNode(Field field, std::string_view line) {
    line.remove_prefix(kFieldWords[static_cast<std::size_t>(field)].size());
    edges_.clear();
    Node node{ir::kNowhere, Needs::kNothing, field == Field::kOut};
    while (!line.empty()) {
      Value high = 0;
      Value number = 0;
      if (!Take(line, ~Value{0}, high) || !Take(line, nodes_.size() - 1, number)) return false;
      if (!edges_.empty() && high <= edges_.back().high) return false;
      const Node& child = nodes_[static_cast<std::size_t>(number)];
      if (policy_.diagram.FieldOf(child.id) <= static_cast<int>(field)) return false;
      Needs needs = child.needs;
      if (field == Field::kFamily && needs != Needs::kNothing) {
        if (needs != (edges_.empty() ? Needs::kIpv4 : Needs::kIpv6)) return false;
        needs = Needs::kNothing;
      }
      if (!Join(node.needs, needs)) return false;
      node.asks_out = node.asks_out || child.asks_out;
      edges_.push_back({high, child.id});
    }
    if (edges_.size() < 2 || edges_.back().high != MaximumOf(field, edges_.back().high)) return false;
    if (field == Field::kPeer || field == Field::kSelf) {
      const bool v4 = edges_.back().high == base::MaxAddress(base::Family::kIpv4);
      if (!Join(node.needs, v4 ? Needs::kIpv4 : Needs::kIpv6)) return false;
    }
    if (field < Field::kFamily && node.needs != Needs::kNothing) return false;
    node.id = policy_.diagram.MakeNode(field, edges_);
    nodes_.push_back(node);
    return true;
  }

  static bool Join(Needs& needs, Needs more) {
    if (needs == Needs::kNothing) needs = more;
    return more == Needs::kNothing || needs == more;
  }

  bool ReadRoot(bool inherited, flow::Direction direction, std::string_view line, NodeId& root) const {
    const std::string word = (inherited ? "inherit " : "") + std::string(flow::NameOf(direction));
    Value number = 0;
    if (!line.starts_with(word)) return false;
    line.remove_prefix(word.size());
    if (!Take(line, nodes_.size() - 1, number) || !line.empty()) return false;
    const Node& node = nodes_[static_cast<std::size_t>(number)];
    root = node.id;
    return node.needs == Needs::kNothing && (direction == flow::Direction::kForward || !node.asks_out);
  }

  std::string_view rest_;
  ir::Policy& policy_;
  unsigned line_ = 0;
  std::vector<Node> nodes_;  // by number
  std::vector<ir::Diagram::Edge> edges_;
};

}  // namespace

base::Status ReadFlowTable(std::string_view text, ir::Policy& policy) {
  const base::Status read = FlowTableReader(text, policy).Read();
  if (!read) return read.error();
  // So there is one text for one policy, and nothing in it that nobody looks at.
  if (FlowTable(policy) != text) return base::Error{"it is in another form than appnetc writes"};
  return base::Done{};
}

}  // namespace appnet::artifact
