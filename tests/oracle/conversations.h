#pragma once
// Contract: conversations through a machine as connection tracking and address translation show them at each
// hook. Made at random around given flows, so that packets hit rules, their edges, and what lies beside.

#include <vector>

#include "flow/fields.h"
#include "oracle/generator.h"
#include "oracle/packet.h"
#include "oracle/reference_evaluator.h"

namespace appnet::oracle {

class FlowSampler {
 public:
  FlowSampler(const ReferenceEvaluator& reference, Random& random);
  flow::Flow Sample(flow::Direction direction);
  // The values where some rule begins or ends, and their neighbours; for whole sweeps.
  const std::vector<Value>& Addresses(Family family) const { return family == Family::kIpv4 ? v4_ : v6_; }
  const std::vector<Value>& Services(Family family) const {
    return family == Family::kIpv4 ? services4_ : services6_;
  }

 private:
  const sema::Program& program_;
  Random& random_;
  std::vector<Value> v4_, v6_, services4_, services6_;
  std::vector<Value> more4_,
      more6_;  // services that no rule need name: port entries that are inherited, answers, errors
};

// The ways a conversation can go; each is exercised by every run of the tests.
enum class Scene {
  kOutgoing,
  kIncoming,
  kLoopback,
  kForwarded,
  kMulticast,
  kLoopedMulticast,
};
inline constexpr Scene kScenes[] = {Scene::kOutgoing,  Scene::kIncoming,  Scene::kLoopback,
                                    Scene::kForwarded, Scene::kMulticast, Scene::kLoopedMulticast};
constexpr flow::Direction DirectionFor(Scene scene, bool connect) {
  if (scene == Scene::kForwarded) return flow::Direction::kForward;
  if (scene == Scene::kOutgoing || scene == Scene::kLoopedMulticast) return flow::Direction::kConnect;
  if (scene == Scene::kLoopback && connect) return flow::Direction::kConnect;
  return flow::Direction::kAccept;
}

// The flow alone: one untracked packet as its opener sends it, and one answer of a connection from before the
// rules. Nothing but look-ups, for sweeps over many flows.
Conversation MakeLookups(Scene scene, const flow::Flow& flow, const ReferenceEvaluator& reference,
                         Random& random);

Conversation MakeConversation(Scene scene, const flow::Flow& flow, const ReferenceEvaluator& reference,
                              Random& random);

}  // namespace appnet::oracle
