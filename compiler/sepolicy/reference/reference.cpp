#include "sepolicy/policy.h"

namespace appnet::sepolicy {

base::Result<Policy> Policy::Reference() {
  base::Result<std::string> bytes =
      CompileCil({{"reference.cil", std::string(ReferencePolicySource())}}, true);
  if (!bytes) return bytes.error();
  return Read(bytes.value(), "reference");
}

}  // namespace appnet::sepolicy
