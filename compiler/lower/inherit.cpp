#include "lower/inherit.h"

#include <map>
#include <optional>
#include <string>

namespace appnet::lower {
namespace {

std::optional<sepolicy::TypeId> PacketTypeFor(const sepolicy::Policy& base, sepolicy::TypeId port_type,
                                              flow::Direction direction) {
  constexpr std::string_view kEnding = "_port_t";
  const std::string& name = base.TypeName(port_type);
  if (!std::string_view(name).ends_with(kEnding)) return std::nullopt;
  const std::string stem = name.substr(0, name.size() - kEnding.size());
  const std::string wanted =
      stem + (direction == flow::Direction::kConnect ? "_client_packet_t" : "_server_packet_t");
  const sepolicy::NameLookup found = base.Find(wanted);
  if (found.kind != sepolicy::NameLookup::Kind::kType) return std::nullopt;
  return found.id;
}

}  // namespace

std::vector<InheritedType> InheritedTypes(const sepolicy::Policy& base, flow::Direction direction) {
  std::vector<InheritedType> result;
  std::map<sepolicy::TypeId, std::size_t> index;
  std::map<unsigned, flow::IntervalSet> taken;  // by protocol: an earlier entry has decided
  for (const sepolicy::PortLabel& entry : base.PortLabels()) {
    if (!flow::HasPorts(entry.protocol)) continue;
    const flow::IntervalSet whole = flow::IntervalSet::Of(flow::ServiceValue(entry.protocol, entry.low),
                                                          flow::ServiceValue(entry.protocol, entry.high));
    flow::IntervalSet& decided = taken[entry.protocol];
    const flow::IntervalSet fresh = whole.Subtract(decided);
    decided = decided.Union(whole);
    if (fresh.empty()) continue;
    const std::optional<sepolicy::TypeId> type = PacketTypeFor(base, entry.type, direction);
    if (!type) continue;
    const auto [it, added] = index.emplace(*type, result.size());
    if (added) result.push_back({{}, *type});
    result[it->second].services = result[it->second].services.Union(fresh);
  }
  return result;
}

}  // namespace appnet::lower
