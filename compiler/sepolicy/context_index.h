#pragma once
// Contract: the contexts a policy carries: those of its initial SIDs, and of its ports.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sepolicy/database.h"
#include "sepolicy/policy.h"
#include "sepolicy/type_index.h"

namespace appnet::sepolicy {

class ContextIndex {
 public:
  static base::Result<ContextIndex> Build(const policydb_t& policy, const TypeIndex& types);

  std::optional<TypeId> InitialSidType(std::string_view name) const;
  const std::string& unlabeled() const { return unlabeled_; }
  std::string PacketContext(std::string_view type_name) const;
  const std::vector<PortLabel>& ports() const { return ports_; }

 private:
  base::Status ReadInitialSids(const policydb_t& policy, const TypeIndex& types);
  base::Status ReadPorts(const policydb_t& policy, const TypeIndex& types);
  base::Status ChoosePacketContext(const policydb_t& policy);

  std::vector<std::optional<TypeId>> initial_sids_;  // by number
  std::string unlabeled_;
  std::vector<PortLabel> ports_;
  std::string packet_prefix_;  // user and role
  std::string packet_suffix_;  // the level, if there is one
};

// A context as the kernel prints it. No value when it names something the policy lacks.
std::optional<std::string> FormatContext(const policydb_t& policy, const context_struct_t& context);

}  // namespace appnet::sepolicy
