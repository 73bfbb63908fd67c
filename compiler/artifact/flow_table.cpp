#include "artifact/flow_table.h"

#include <vector>

#include "artifact/flow_words.h"

namespace appnet::artifact {
namespace {

using ir::NodeId;
using ir::Value;

class FlowTableWriter {
 public:
  explicit FlowTableWriter(const ir::Policy& policy)
      : policy_(policy),
        numbers_(policy.diagram.node_total(), kNoNumber),
        next_(static_cast<std::uint32_t>(policy.labels.size() + 1)) {}

  std::string Write() {
    text_.append(kFlowsFirstLine).append("\n");
    const flow::InterfaceClasses& interfaces = policy_.interfaces;
    for (flow::InterfaceClassId id = 1; id + 1 < interfaces.size(); ++id)
      text_.append("interface \"").append(interfaces.NameOf(id)).append("\"\n");
    for (const ir::Label& label : policy_.labels) text_.append("label ").append(label.type).append("\n");
    std::string roots;
    for (const bool inherited : {false, true}) {
      for (const flow::Direction direction : flow::kDirections) {
        const auto index = static_cast<std::size_t>(direction);
        const std::uint32_t number = Number(inherited ? policy_.inherited[index] : policy_.roots[index]);
        roots.append(inherited ? "inherit " : "").append(flow::NameOf(direction));
        Append(roots, number);
        roots += '\n';
      }
    }
    return std::move(text_.append(roots));
  }

 private:
  static constexpr std::uint32_t kNoNumber = ~std::uint32_t{0};

  // Of a node whose line stands in the text. As deep as there are fields.
  std::uint32_t Number(NodeId node) {
    const ir::Diagram& diagram = policy_.diagram;
    if (diagram.IsLeaf(node)) return diagram.LeafOf(node);
    if (numbers_[node] != kNoNumber) return numbers_[node];
    const std::size_t count = diagram.EdgeCount(node);
    for (std::size_t i = 0; i < count; ++i) Number(diagram.EdgeChild(node, i));
    text_.append(kFieldWords[static_cast<std::size_t>(diagram.FieldOf(node))]);
    for (std::size_t i = 0; i < count; ++i) {
      Append(text_, diagram.EdgeHigh(node, i));
      Append(text_, Number(diagram.EdgeChild(node, i)));
    }
    text_ += '\n';
    return numbers_[node] = next_++;
  }

  static void Append(std::string& text, Value value) {
    char digits[32];
    std::size_t begin = sizeof digits;
    do {
      digits[--begin] = "0123456789abcdef"[static_cast<unsigned>(value & 0xf)];
      value >>= 4;
    } while (value != 0);
    text += ' ';
    text.append(digits + begin, sizeof digits - begin);
  }

  const ir::Policy& policy_;
  std::string text_;
  std::vector<std::uint32_t> numbers_;  // by node
  std::uint32_t next_;
};

}  // namespace

std::string FlowTable(const ir::Policy& policy) { return FlowTableWriter(policy).Write(); }

}  // namespace appnet::artifact
