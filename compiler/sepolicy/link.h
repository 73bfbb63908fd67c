#pragma once
// Contract: modules on top of a binary policy, in process: the policy's own CIL, without what an earlier
// module of ours brought, and the modules' texts, compiled together. Errors carry libsepol's words with the
// module's name and line. A violated neverallow rule is no error here: the policy comes back with what
// violates it, because the store of Debian accepts such modules (expand-check=0).

#include <string>
#include <vector>

#include "base/result.h"
#include "sepolicy/policy.h"

namespace appnet::sepolicy {

// A module as CIL. `bytes` are CIL text or a policy package (.pp); `name` is how messages call it.
base::Result<CilText> ReadModule(const std::string& name, const std::string& bytes);

// A neverallow rule and the rules that grant what it forbids. Places are "NAME:LINE" of a module's CIL; those
// in the base policy are lines of the CIL that libsepol writes for it.
struct NeverallowViolation {
  struct Place {
    std::string rule;  // "(allow a_t b_t (packet (send)))"
    std::string name;  // of the text
    unsigned line = 0;
  };
  Place rule;
  std::vector<Place> granted_by;
};

struct Linked {
  std::string image;
  std::vector<NeverallowViolation> violations;
};

// Does the conversion of the base policy once, for several links.
class Linker {
 public:
  static base::Result<Linker> On(const Policy& base);

  base::Result<Linked> Link(const std::vector<CilText>& modules) const;

 private:
  CilText base_;
  bool mls_ = false;
};

}  // namespace appnet::sepolicy
