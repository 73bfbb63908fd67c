#include "backend/iptables/emit.h"

#include <fmt/format.h>

#include "backend/iptables/hooks.h"

namespace appnet::backend::iptables {
namespace {

base::OutputFile File(const ir::Policy& policy, Family family) {
  const bool v4 = family == Family::kIpv4;
  const std::string name = fmt::format("{}.rules.{}", policy.name, v4 ? "v4" : "v6");
  std::string text = fmt::format(
      "# {0} rules of the appnet policy {1}. Load with: {2}-restore --noflush {3}\n"
      "# They fill our own chains, appnet-*, and add one jump to each built-in chain they need; other rules "
      "stay. To load them\n"
      "# again, remove the old jumps first, or packets are looked up twice. Each table is replaced in one "
      "step, the two are not.\n"
      "# The packet types must be in the loaded SELinux policy (module {1}.cil), and the loading domain "
      "needs relabelto on them;\n"
      "# otherwise the table that fails is left as it was.\n\n",
      v4 ? "IPv4" : "IPv6", policy.name, v4 ? "iptables" : "ip6tables", name);
  text += MangleTable(policy, family);
  text += "\n";
  text += SecurityTable(policy, family);
  return {name, std::move(text), false};
}

}  // namespace

std::vector<base::OutputFile> Emit(const ir::Policy& policy) {
  std::vector<base::OutputFile> files;
  for (const Family family : flow::kFamilies) files.push_back(File(policy, family));
  return files;
}

}  // namespace appnet::backend::iptables
