#include "sepolicy/context_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace appnet::sepolicy {
namespace {

// Binary policies number the initial SIDs; the kernel gives them these names, in this order from 1.
constexpr std::array<std::string_view, 27> kInitialSids = {"kernel",
                                                           "security",
                                                           "unlabeled",
                                                           "fs",
                                                           "file",
                                                           "file_labels",
                                                           "init",
                                                           "any_socket",
                                                           "port",
                                                           "netif",
                                                           "netmsg",
                                                           "node",
                                                           "igmp_packet",
                                                           "icmp_socket",
                                                           "tcp_socket",
                                                           "sysctl_modprobe",
                                                           "sysctl",
                                                           "sysctl_fs",
                                                           "sysctl_kernel",
                                                           "sysctl_net",
                                                           "sysctl_net_unix",
                                                           "sysctl_vm",
                                                           "sysctl_dev",
                                                           "kmod",
                                                           "policy",
                                                           "scmp_packet",
                                                           "devnull"};
constexpr std::uint32_t kUnlabeledSid = 3;

}  // namespace

base::Result<ContextIndex> ContextIndex::Build(const policydb_t& policy, const TypeIndex& types) {
  ContextIndex index;
  if (const base::Status read = index.ReadInitialSids(policy, types); !read) return read.error();
  if (const base::Status read = index.ReadPorts(policy, types); !read) return read.error();
  if (const base::Status chosen = index.ChoosePacketContext(policy); !chosen) return chosen.error();
  return index;
}

base::Status ContextIndex::ReadInitialSids(const policydb_t& policy, const TypeIndex& types) {
  initial_sids_.resize(kInitialSids.size() + 1);
  for (const ocontext_t* entry = policy.ocontexts[OCON_ISID]; entry != nullptr; entry = entry->next) {
    if (entry->sid[0] >= initial_sids_.size()) continue;  // a name that this kernel interface doesn't know
    const std::optional<TypeId> type = types.TypeOf(entry->context[0].type);
    if (!type) return DamagedPolicy("an initial SID has a type that doesn't exist");
    initial_sids_[entry->sid[0]] = type;
    if (entry->sid[0] == kUnlabeledSid) {
      const std::optional<std::string> context = FormatContext(policy, entry->context[0]);
      if (!context)
        return DamagedPolicy("the context of unlabeled objects names something that doesn't exist");
      unlabeled_ = *context;
    }
  }
  return base::Done{};
}

base::Status ContextIndex::ReadPorts(const policydb_t& policy, const TypeIndex& types) {
  for (const ocontext_t* entry = policy.ocontexts[OCON_PORT]; entry != nullptr; entry = entry->next) {
    const std::optional<TypeId> type = types.TypeOf(entry->context[0].type);
    if (!type) return DamagedPolicy("a port has a type that doesn't exist");
    ports_.push_back({entry->u.port.protocol, entry->u.port.low_port, entry->u.port.high_port, *type});
  }
  return base::Done{};
}

base::Status ContextIndex::ChoosePacketContext(const policydb_t& policy) {
  // A policy without the SID "unlabeled" can't be loaded; the first user stands in so that every policy has
  // an answer.
  std::string_view user = std::string_view(unlabeled_).substr(0, unlabeled_.find(':'));
  if (user.empty()) {
    const char* first = NameOf(policy, SYM_USERS, 1);
    if (first == nullptr) return DamagedPolicy("it has no users");
    user = first;
  }
  packet_prefix_ = fmt::format("{}:object_r:", user);
  if (policy.mls != 0) {
    const char* lowest = NameOf(policy, SYM_LEVELS, 1);
    if (lowest == nullptr) return DamagedPolicy("it has MLS and no sensitivities");
    packet_suffix_ = fmt::format(":{}", lowest);
  }
  return base::Done{};
}

std::optional<TypeId> ContextIndex::InitialSidType(std::string_view name) const {
  const auto found = std::find(kInitialSids.begin(), kInitialSids.end(), name);
  if (found == kInitialSids.end()) return std::nullopt;
  return initial_sids_[static_cast<std::size_t>(found - kInitialSids.begin()) + 1];
}

std::string ContextIndex::PacketContext(std::string_view type_name) const {
  return fmt::format("{}{}{}", packet_prefix_, type_name, packet_suffix_);
}

}  // namespace appnet::sepolicy
