#include "driver/base_labels.h"

#include <fmt/format.h>

#include <map>
#include <vector>

namespace appnet::driver {
namespace {

using Permissions = std::vector<std::string_view>;

// What the kernel asks of packets that the label's rules match.
Permissions Asked(const Compiled& compiled, const ir::Label& label) {
  bool local = false;
  bool forward = false;
  for (const std::uint32_t rule : label.rules) {
    const bool forwards = compiled.program.rules[rule].direction == flow::Direction::kForward;
    (forwards ? forward : local) = true;
  }
  if (local && forward) return {"send", "recv", "forward_in", "forward_out"};
  if (forward) return {"forward_in", "forward_out"};
  return {"send", "recv"};
}

void AddLabel(const Compiled& compiled, const ir::Label& label, const sepolicy::Policy& base, bool list,
              std::string& out) {
  out += fmt::format("  {}\n", label.type);
  const sepolicy::NameLookup type = base.Find(label.type);
  std::string names;
  for (const std::string_view permission : Asked(compiled, label)) {
    flow::Conditions conditions;
    const auto holders = base.HoldersWhen(type.id, "packet", permission, conditions);
    if (!holders) {
      out += fmt::format("    {}: {}\n", permission, holders.error().message);
      continue;
    }
    std::size_t always = 0;
    names += fmt::format("    {} by the base policy:\n", permission);
    for (const auto& holder : holders.value()) {
      const bool is_always = holder.when == flow::kAlways;
      always += is_always ? 1 : 0;
      names += fmt::format("      {}{}\n", base.TypeName(holder.source),
                           is_always ? "" : " if " + conditions.Text(holder.when));
    }
    out += fmt::format("    {}: the base policy admits {} types always, {} under booleans\n", permission,
                       always, holders.value().size() - always);
  }
  if (list) out += names;
}

}  // namespace

std::string BaseLabelLines(const Compiled& compiled, const sepolicy::Policy& base, bool list) {
  std::string out;
  for (const ir::Label& label : compiled.policy.labels) {
    if (label.kind != ir::LabelKind::kBase || label.rules.empty()) continue;
    if (out.empty()) out += "types of the base policy that rules put on packets:\n";
    AddLabel(compiled, label, base, list, out);
  }
  return out;
}

}  // namespace appnet::driver
