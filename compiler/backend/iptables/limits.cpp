#include "backend/iptables/limits.h"

namespace appnet::backend::iptables {
namespace {

constexpr std::size_t kContextBytes = 255;  // SECMARK_SECCTX_MAX without the final zero

}  // namespace

std::vector<ir::LabelId> TooLong(const ir::Policy& policy) {
  std::vector<ir::LabelId> labels;
  for (ir::LabelId label = 0; label < policy.labels.size(); ++label) {
    if (policy.labels[label].context.size() > kContextBytes) labels.push_back(label);
  }
  return labels;
}

std::vector<std::string> PlusNames(const ir::Policy& policy) {
  std::vector<std::string> names;
  for (flow::InterfaceClassId id = 0; id < policy.interfaces.size(); ++id) {
    const flow::InterfaceClass& one = policy.interfaces[id];
    if (one.kind == flow::InterfaceClass::Kind::kExact && one.text.ends_with('+')) names.push_back(one.text);
  }
  return names;
}

}  // namespace appnet::backend::iptables
