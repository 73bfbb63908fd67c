#include "verify/rules/contract.h"

namespace appnet::verify::rules {
namespace {

using flow::Direction;

constexpr unsigned kLabelled = 127;      // iptables: the connection carries a label
constexpr unsigned kPickedUp = 126;      // a connection over lo from before the rules
constexpr unsigned kForwardedMark = 29;  // bit 0x20000000 of the packet mark
constexpr unsigned kTcp = 6;
constexpr unsigned kFin = 0, kSyn = 1, kRst = 2, kAck = 4;

constexpr Reading kConnectThere{Direction::kConnect, false};
constexpr Reading kConnectBack{Direction::kConnect, true};
constexpr Reading kConnectTranslated{Direction::kConnect, true, true};
constexpr Reading kAcceptThere{Direction::kAccept, false};
constexpr Reading kAcceptBack{Direction::kAccept, true};
constexpr Reading kForwardThere{Direction::kForward, false};
constexpr Reading kForwardBack{Direction::kForward, true};

class HookContract {
 public:
  HookContract(Backend backend, Family family, Passage& passage)
      : iptables_(backend == Backend::kIptables),
        family_(family),
        passage_(passage),
        facts_(passage.facts()) {}

  Due At(Hook hook) {
    switch (hook) {
      case Hook::kPrerouting:
        return Prerouting();
      case Hook::kInput:
        return Input();
      case Hook::kForward:
        return Forward();
      case Hook::kOutput:
        return Output();
      case Hook::kPostrouting:
        return Postrouting();
    }
    return {};
  }

 private:
  static Due AsItCame() { return {}; }
  static Due Label(Fixed fixed) { return {Origin::kFixed, fixed, {}, false}; }
  static Due Restored() { return {Origin::kRestored, Fixed::kUnmatched, {}, false}; }
  static Due LookUp(Fixed fixed, std::vector<Reading> readings) {
    return {Origin::kFixed, fixed, std::move(readings), false};
  }

  bool IsIcmp() {
    if (!iptables_)
      return facts_.IsProtocol(IcmpOf(Family::kIpv4)) || facts_.IsProtocol(IcmpOf(Family::kIpv6));
    return facts_.IsProtocol(IcmpOf(family_));
  }
  bool IsLabelled() {
    return facts_.HasConnection() && (iptables_ ? passage_.HasLabel(kLabelled) : passage_.HasSecmark());
  }
  // The first packets of a connection that a helper expected: the kernel has copied its master's label.
  bool IsFirstOfExpected() {
    return iptables_ && facts_.State() == kRelated && facts_.IsExpected() && !IsIcmp();
  }
  bool IsLoneSyn() {
    return facts_.TcpFlag(kSyn) && !facts_.TcpFlag(kAck) && !facts_.TcpFlag(kRst) && !facts_.TcpFlag(kFin);
  }
  bool IsMidStream() {
    if (!facts_.IsProtocol(kTcp)) return false;
    return facts_.State() == kEstablished || (facts_.State() == kNew && !IsLoneSyn());
  }

  Due Saved(Due due) {
    due.save = true;
    if (iptables_) passage_.SetLabel(kLabelled);
    return due;
  }

  Due Prerouting() {
    if (facts_.In() == Interface::kLoopback) return AsItCame();
    if (IsLabelled()) return Restored();
    if (IsFirstOfExpected()) {
      passage_.SetLabel(kLabelled);
      return Restored();
    }
    return Label(Fixed::kTransit);
  }

  Due Input() {
    if (facts_.In() == Interface::kLoopback) return LoopbackInput();
    if (facts_.PacketType() != kToHost) return LookUp(Fixed::kUnmatched, {kAcceptThere});
    // In iptables prerouting has restored the label.
    return Tracked(Fixed::kUnmatched, kAcceptThere, kConnectBack, {kConnectBack, kAcceptThere},
                   iptables_ ? AsItCame() : Restored());
  }

  Due Forward() {
    passage_.SetMarkBit(kForwardedMark, true);
    return Tracked(Fixed::kUnmatchedForward, kForwardThere, kForwardBack, {kForwardBack, kForwardThere},
                   iptables_ ? AsItCame() : Restored());
  }

  // Nobody on this host may pretend to be forwarded.
  Due Output() {
    passage_.SetMarkBit(kForwardedMark, false);
    return AsItCame();
  }

  Due Postrouting() {
    if (facts_.MarkBit(kForwardedMark)) {
      passage_.SetMarkBit(kForwardedMark, false);
      return AsItCame();
    }
    if (facts_.Out() == Interface::kLoopback) return LoopbackOutput();
    if (IsFirstOfExpected()) {
      passage_.SetLabel(kLabelled);
      return Restored();
    }
    return Tracked(Fixed::kUnmatched, kConnectThere, kAcceptBack, {kConnectThere, kAcceptBack}, Restored());
  }

  Due Tracked(Fixed unmatched, const Reading& there, const Reading& back, std::vector<Reading> pick_up,
              Due labelled) {
    if (facts_.State() == kInvalid) return Label(unmatched);
    if (facts_.State() == kUntracked) return LookUp(unmatched, {there});
    if (IsLabelled()) return labelled;
    if (facts_.State() == kRelated && IsIcmp()) return Label(unmatched);
    if (IsMidStream()) return Saved(LookUp(unmatched, std::move(pick_up)));
    return Saved(LookUp(unmatched, {facts_.IsReply() ? back : there}));
  }

  Due LoopbackOutput() {
    if (facts_.State() == kInvalid) return Label(Fixed::kUnmatched);
    if (facts_.State() == kUntracked) return LookUp(Fixed::kUnmatched, {kConnectThere});
    if (facts_.State() == kRelated && IsIcmp()) return Label(Fixed::kUnmatched);
    if (facts_.State() == kNew && facts_.IsProtocol(kTcp) && !IsLoneSyn()) passage_.SetLabel(kPickedUp);
    if (passage_.HasLabel(kPickedUp)) return LookUp(Fixed::kUnmatched, {kConnectThere, kAcceptBack});
    if (facts_.IsReply()) return LookUp(Fixed::kUnmatched, {kAcceptBack});
    Due due = LookUp(Fixed::kUnmatched, {kConnectThere});
    // Input of the reply takes it from there.
    due.save = !iptables_ && facts_.IsDestinationTranslated();
    return due;
  }

  Due LoopbackInput() {
    if (facts_.State() == kInvalid) return Label(Fixed::kUnmatched);
    if (facts_.State() == kUntracked) return LookUp(Fixed::kUnmatched, {kAcceptThere});
    if (facts_.State() == kRelated && IsIcmp()) return Label(Fixed::kUnmatched);
    if (passage_.HasLabel(kPickedUp)) return LookUp(Fixed::kUnmatched, {kConnectBack, kAcceptThere});
    if (!facts_.IsReply()) return LookUp(Fixed::kUnmatched, {kAcceptThere});
    if (facts_.IsDestinationTranslated()) {
      if (iptables_) return LookUp(Fixed::kUnmatched, {kConnectTranslated});
      if (passage_.HasSecmark()) return Restored();
    }
    return LookUp(Fixed::kUnmatched, {kConnectBack});
  }

  bool iptables_;
  Family family_;
  Passage& passage_;
  Situation& facts_;
};

}  // namespace

Due DueAt(Backend backend, Family family, Passage& passage) {
  return HookContract(backend, family, passage).At(passage.facts().hook());
}

}  // namespace appnet::verify::rules
