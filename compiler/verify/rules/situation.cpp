#include "verify/rules/situation.h"

#include <algorithm>
#include <string_view>

namespace appnet::verify::rules {
namespace {

constexpr unsigned kStates[] = {kNew, kEstablished, kRelated, kInvalid, kUntracked};
constexpr std::string_view kStateNames[] = {"new", "established", "related", "invalid", "untracked"};

}  // namespace

const Situation::Decision* Situation::Find(Fact fact, unsigned which) const {
  const auto end = decisions_.begin() + static_cast<std::ptrdiff_t>(asked_);
  const auto found = std::find_if(decisions_.begin(), end, [&](const Decision& decision) {
    return decision.fact == fact && decision.which == which;
  });
  return found == end ? nullptr : &*found;
}

unsigned Situation::Ask(Fact fact, unsigned answers, unsigned which) {
  if (const Decision* const known = Find(fact, which)) return known->answer;
  // The questions come in the same order as long as the answers are the same.
  if (asked_ == decisions_.size()) decisions_.push_back({fact, which, 0, answers});
  return decisions_[asked_++].answer;
}

bool Situation::Next() {
  decisions_.resize(asked_);
  asked_ = 0;
  while (!decisions_.empty() && decisions_.back().answer + 1 == decisions_.back().answers)
    decisions_.pop_back();
  if (decisions_.empty()) return false;
  ++decisions_.back().answer;
  return true;
}

Interface Situation::In() {
  switch (hook_) {
    case Hook::kOutput:
      return Interface::kNone;
    case Hook::kPostrouting: {
      constexpr Interface kIn[] = {Interface::kNone, Interface::kOther, Interface::kLoopback};
      return kIn[Ask(Fact::kIn, 3)];
    }
    default:
      return Ask(Fact::kIn, 2) == 0 ? Interface::kOther : Interface::kLoopback;
  }
}

Interface Situation::Out() {
  if (hook_ == Hook::kPrerouting || hook_ == Hook::kInput) return Interface::kNone;
  return Ask(Fact::kOut, 2) == 0 ? Interface::kOther : Interface::kLoopback;
}

std::optional<Interface> Situation::KnownIn() const {
  const Decision* const known = Find(Fact::kIn);
  if (known == nullptr) return std::nullopt;
  if (hook_ == Hook::kPostrouting && known->answer == 0) return Interface::kNone;
  return known->answer == (hook_ == Hook::kPostrouting ? 1U : 0U) ? Interface::kOther : Interface::kLoopback;
}

std::optional<Interface> Situation::KnownOut() const {
  const Decision* const known = Find(Fact::kOut);
  if (known == nullptr) return std::nullopt;
  return known->answer == 0 ? Interface::kOther : Interface::kLoopback;
}

unsigned Situation::PacketType() {
  constexpr unsigned kTypes[] = {kToHost, kMulticast, kBroadcast};
  return kTypes[Ask(Fact::kPacketType, 3)];
}

unsigned Situation::State() { return kStates[Ask(Fact::kState, 5)]; }

bool Situation::IsProtocol(unsigned protocol) {
  const auto end = decisions_.begin() + static_cast<std::ptrdiff_t>(asked_);
  const auto one = std::find_if(decisions_.begin(), end, [](const Decision& decision) {
    return decision.fact == Fact::kProtocol && decision.answer == 1;
  });
  if (one != end) return one->which == protocol;
  return Ask(Fact::kProtocol, 2, protocol) == 1;
}

std::string Situation::Describe() const {
  constexpr std::string_view kHooks[] = {"prerouting", "input", "forward", "output", "postrouting"};
  std::string text(kHooks[IndexOf(hook_)]);
  const auto add = [&](std::string_view word) { text.append(", ").append(word); };
  for (std::size_t i = 0; i < asked_; ++i) {
    const Decision& decision = decisions_[i];
    const bool yes = decision.answer == 1;
    switch (decision.fact) {
      case Fact::kIn:
        if (KnownIn() == Interface::kLoopback) add("from lo");
        if (KnownIn() == Interface::kNone) add("from this host");
        break;
      case Fact::kOut:
        if (KnownOut() == Interface::kLoopback) add("to lo");
        break;
      case Fact::kPacketType:
        if (decision.answer != 0) add(yes ? "multicast" : "broadcast");
        break;
      case Fact::kState:
        add("state ");
        text.append(kStateNames[decision.answer]);
        break;
      case Fact::kReply:
        add(yes ? "reply" : "original direction");
        break;
      case Fact::kSecmark:
        add(yes ? "connection with a label" : "connection without a label");
        break;
      case Fact::kRoom:
        if (!yes) add("connection without room for connection labels");
        break;
      case Fact::kLabels:
        if (yes) add("connection label " + std::to_string(decision.which));
        break;
      case Fact::kDnat:
        if (yes) add("translated destination");
        break;
      case Fact::kSnat:
        if (yes) add("translated source");
        break;
      case Fact::kExpected:
        if (yes) add("expected connection");
        break;
      case Fact::kProtocol:
        if (yes) add("protocol " + std::to_string(decision.which));
        break;
      case Fact::kTcpFlags:
        break;
      case Fact::kMark:
        if (yes) add("mark bit " + std::to_string(decision.which));
        break;
    }
  }
  return text;
}

}  // namespace appnet::verify::rules
