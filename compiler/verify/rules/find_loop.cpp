#include <fmt/format.h>

#include <algorithm>

#include "verify/rules/lookups.h"

namespace appnet::verify::rules {
namespace {

// Chains on one way, the first one included: nf_tables allows 16 from a base chain on (NFT_JUMP_STACK_SIZE),
// and iptables-nft's base chains are not ours.
constexpr unsigned DeepestOf(Backend backend) { return backend == Backend::kNftables ? 16 : 15; }

class Depths {
 public:
  explicit Depths(const Ruleset& ruleset) : ruleset_(ruleset), heights_(ruleset.chains.size()) {}

  std::optional<Refusal> Find() {
    for (ChainId chain = 0; chain < ruleset_.chains.size() && !refusal_; ++chain) Visit(chain, 1);
    return refusal_;
  }

 private:
  // `depth`: of this chain. A loop is a way without end, so it is found as one that is too long.
  unsigned Visit(ChainId chain, unsigned depth) {
    if (refusal_) return 0;
    if (depth + (heights_[chain] == 0 ? 0 : heights_[chain] - 1) > DeepestOf(ruleset_.backend)) {
      refusal_ = Refusal{
          ruleset_.chains[chain].line,
          fmt::format("chains that nest too deep, or for ever, through {}", ruleset_.chains[chain].name)};
      return 0;
    }
    if (heights_[chain] != 0) return heights_[chain];
    unsigned below = 0;
    const auto follow = [&](const Verdict& verdict) {
      if (verdict.kind == Verdict::Kind::kJump || verdict.kind == Verdict::Kind::kGoto)
        below = std::max(below, Visit(verdict.chain, depth + 1));
    };
    for (const Rule& rule : ruleset_.chains[chain].rules) {
      for (const Step& step : rule.steps) {
        if (const auto* verdict = std::get_if<Verdict>(&step)) follow(*verdict);
        if (const auto* map = std::get_if<VerdictMap>(&step)) {
          for (const VerdictMap::Element& element : map->elements) follow(element.verdict);
        }
        if (refusal_) return 0;
      }
    }
    return heights_[chain] = below + 1;
  }

  const Ruleset& ruleset_;
  std::vector<unsigned> heights_;  // 0: not yet known
  std::optional<Refusal> refusal_;
};

}  // namespace

std::optional<Refusal> FindLoop(const Ruleset& ruleset) { return Depths(ruleset).Find(); }

}  // namespace appnet::verify::rules
