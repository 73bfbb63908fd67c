#include "golden/base_policy.h"

#include <vector>

#include "base/file_system.h"

namespace appnet::golden {
namespace {

base::Result<std::optional<sepolicy::Policy>> Some(base::Result<sepolicy::Policy> policy) {
  if (!policy) return policy.error();
  return std::optional<sepolicy::Policy>(std::move(policy).value());
}

base::Result<std::optional<sepolicy::Policy>> Compiled(const std::vector<sepolicy::CilText>& texts,
                                                       const std::string& name) {
  base::Result<std::string> bytes = sepolicy::CompileCil(texts, name == "reference");
  if (!bytes) return bytes.error();
  return Some(sepolicy::Policy::Read(std::move(bytes).value(), name));
}

}  // namespace

base::Result<std::optional<sepolicy::Policy>> ReadBasePolicy(const BasePolicy& wanted) {
  if (!wanted.whole.empty()) return Compiled({{"whole.cil", wanted.whole}}, "whole");
  if (!wanted.linked.empty()) {
    return Compiled(
        {{"reference.cil", std::string(sepolicy::ReferencePolicySource())}, {"linked.cil", wanted.linked}},
        "reference");
  }
  if (wanted.name == "reference") return Some(sepolicy::Policy::Reference());
  const std::string path = "/etc/selinux/" + wanted.name + "/policy/policy.33";
  const auto files = base::RealFileSystem();
  if (!files->Exists(path)) return std::optional<sepolicy::Policy>();
  base::Result<std::string> bytes = files->Read(path);
  if (!bytes) return bytes.error();
  return Some(sepolicy::Policy::Read(std::move(bytes).value(), wanted.name));
}

}  // namespace appnet::golden
