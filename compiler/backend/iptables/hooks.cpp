#include "backend/iptables/hooks.h"

#include <fmt/format.h>

#include <initializer_list>

#include "base/check.h"

namespace appnet::backend::iptables {
namespace {

using flow::Direction;
using netfilter::Orientation;

constexpr Reading kConnectThere{Direction::kConnect, Orientation::kThere};
constexpr Reading kConnectBack{Direction::kConnect, Orientation::kBack};
constexpr Reading kConnectTranslated{Direction::kConnect, Orientation::kBack, true};
constexpr Reading kAcceptThere{Direction::kAccept, Orientation::kThere};
constexpr Reading kAcceptBack{Direction::kAccept, Orientation::kBack};
constexpr Reading kForwardThere{Direction::kForward, Orientation::kThere};
constexpr Reading kForwardBack{Direction::kForward, Orientation::kBack};

constexpr std::string_view kLabelled = "-m connlabel --label 127";  // what Saved sets
constexpr std::string_view kPickedUp = "-m connlabel --label 126";
constexpr std::string_view kInvalid = "-m conntrack --ctstate INVALID";
constexpr std::string_view kUntracked = "-m conntrack --ctstate UNTRACKED";
constexpr std::string_view kReply = "-m conntrack --ctdir REPLY";
constexpr std::string_view kTranslated = "-m conntrack --ctstate DNAT";
constexpr std::string_view kTcpEstablished = "-p tcp -m conntrack --ctstate ESTABLISHED";
constexpr std::string_view kTcpNewWithoutLoneSyn =
    "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -m conntrack --ctstate NEW";
constexpr std::string_view kForwarded = "-m mark --mark 0x20000000/0x20000000";
constexpr std::string_view kMarkForwarded = "-j MARK --set-xmark 0x20000000/0x20000000";
constexpr std::string_view kUnmarkForwarded = "-j MARK --set-xmark 0x0/0x20000000";

using Readings = std::initializer_list<Reading>;

class TableWriter {
 public:
  TableWriter(const ir::Policy& policy, Family family)
      : policy_(policy), chains_(policy), lookups_(policy, family, chains_) {
    const std::string icmp =
        ProtocolMatch(family, family == Family::kIpv4 ? flow::kProtocolIcmp : flow::kProtocolIcmpv6);
    icmp_related_ = icmp + " -m conntrack --ctstate RELATED";
    first_expected_ = "! " + icmp + " -m conntrack --ctstate RELATED --ctstatus EXPECTED";
  }

  std::string Mangle() {
    Draft restore(chains_);
    restore.Plain("-j CONNSECMARK --restore");
    restore_ = chains_.Name("restore", restore);
    Draft expected(chains_);
    expected.Plain("-m connlabel --label 127 --set");
    expected.Goto("", restore_);
    expected_ = chains_.Name("expected", expected);

    Draft pre(chains_);
    pre.Goto("-i lo", kReturn);
    pre.Goto(kLabelled, restore_);
    pre.Goto(first_expected_, expected_);
    pre.Goto("", chains_.Label(policy_.transit));
    Enter("PREROUTING", chains_.Name("pre", pre));

    Enter("INPUT", Input());
    Enter("POSTROUTING", Postrouting());
    return Text("mangle");
  }

  std::string Security() {
    Draft out(chains_);
    out.Plain(kUnmarkForwarded);
    Enter("OUTPUT", chains_.Name("out", out));
    Draft forward(chains_);
    forward.Plain(kMarkForwarded);
    Tracked("fwd", kForwardThere, kForwardBack, {kForwardBack, kForwardThere}, policy_.unmatched_forward,
            kReturn, forward);
    Enter("FORWARD", chains_.Name("fwd", forward));
    return Text("security");
  }

 private:
  // The unmatched label, then the look-ups: later hits override earlier ones.
  void LookUp(Readings readings, ir::LabelId unmatched, Place place, Draft& draft) {
    draft.Call(chains_.Label(unmatched));
    for (const Reading& reading : readings) draft.Call(lookups_.Inherited(reading, place));
    for (const Reading& reading : readings) draft.Call(lookups_.Policy(reading, place));
  }

  Target Stateless(const std::string& name, Readings readings, ir::LabelId unmatched, Place place) {
    Draft draft(chains_);
    LookUp(readings, unmatched, place, draft);
    return chains_.Name(name, draft);
  }

  Target Saved(const std::string& name, Readings readings, ir::LabelId unmatched, Place place) {
    Draft draft(chains_);
    LookUp(readings, unmatched, place, draft);
    draft.Plain("-j CONNSECMARK --save");
    draft.Plain("-m connlabel --label 127 --set");
    return chains_.Name(name, draft);
  }

  // Packets of connections of other interfaces than lo. `labelled`: where those of labelled connections go.
  void Tracked(const std::string& name, const Reading& there, const Reading& back, Readings pick_up,
               ir::LabelId unmatched, Target labelled, Draft& draft) {
    const Place place = there.direction == Direction::kForward ? Place::kAnywhere : Place::kElsewhere;
    const Target no_match = chains_.Label(unmatched);
    draft.Goto(kLabelled, labelled);
    draft.Goto(kInvalid, no_match);
    draft.Goto(kUntracked, Stateless(name + "-alone", {there}, unmatched, place));
    draft.Goto(icmp_related_, no_match);
    const Target midstream = Saved(name + "-midstream", pick_up, unmatched, place);
    draft.Goto(kTcpEstablished, midstream);
    draft.Goto(kTcpNewWithoutLoneSyn, midstream);
    draft.Goto(kReply, Saved(name + "-reply", {back}, unmatched, place));
    draft.Goto("", Saved(name + "-first", {there}, unmatched, place));
  }

  Target Input() {
    // Shares its sender's connection when it loops back, so nothing is restored or saved.
    const Target alone = Stateless("in-many", {kAcceptThere}, policy_.unmatched, Place::kElsewhere);
    Draft draft(chains_);
    draft.Goto("-i lo", LoopbackInput());
    draft.Goto("-m pkttype --pkt-type multicast", alone);
    draft.Goto("-m pkttype --pkt-type broadcast", alone);
    // Prerouting has restored the label.
    Tracked("in", kAcceptThere, kConnectBack, {kConnectBack, kAcceptThere}, policy_.unmatched, kReturn,
            draft);
    return chains_.Name("in", draft);
  }

  Target Postrouting() {
    Draft unmark(chains_);
    unmark.Plain(kUnmarkForwarded);
    Draft draft(chains_);
    draft.Goto(kForwarded, chains_.Name("forwarded", unmark));
    draft.Goto("-o lo", LoopbackOutput());
    draft.Goto(first_expected_, expected_);
    Tracked("post", kConnectThere, kAcceptBack, {kConnectThere, kAcceptBack}, policy_.unmatched, restore_,
            draft);
    return chains_.Name("post", draft);
  }

  // On lo both ends share one connection, so every packet is looked up, by hook and direction.
  void Loopback(const std::string& name, const Reading& there, Target reply, Readings pick_up,
                bool sees_first, Draft& draft) {
    const Target no_match = chains_.Label(policy_.unmatched);
    const Target lookup = Stateless(name + "-there", {there}, policy_.unmatched, Place::kLoopback);
    draft.Goto(kInvalid, no_match);
    draft.Goto(kUntracked, lookup);
    draft.Goto(icmp_related_, no_match);
    if (sees_first) draft.Plain(std::string(kTcpNewWithoutLoneSyn) + " -m connlabel --label 126 --set");
    draft.Goto(kPickedUp, Stateless(name + "-pickup", pick_up, policy_.unmatched, Place::kLoopback));
    draft.Goto(kReply, reply);
    draft.Goto("", lookup);
  }

  Target LoopbackOutput() {
    const Target reply = Stateless("lo-out-back", {kAcceptBack}, policy_.unmatched, Place::kLoopback);
    Draft draft(chains_);
    Loopback("lo-out", kConnectThere, reply, {kConnectThere, kAcceptBack}, true, draft);
    return chains_.Name("lo-out", draft);
  }

  Target LoopbackInput() {
    Draft back(chains_);
    back.Goto(kTranslated,
              Stateless("lo-in-translated", {kConnectTranslated}, policy_.unmatched, Place::kLoopback));
    LookUp({kConnectBack}, policy_.unmatched, Place::kLoopback, back);
    const Target reply = chains_.Name("lo-in-back", back);
    Draft draft(chains_);
    Loopback("lo-in", kAcceptThere, reply, {kConnectBack, kAcceptThere}, false, draft);
    return chains_.Name("lo-in", draft);
  }

  void Enter(std::string_view hook, Target chain) {
    entries_.push_back(chain);
    jumps_ += fmt::format("-I {} 1 -j {}\n", hook, chains_.NameOf(chain));
    APPNET_CHECK(chains_.HeightOf(chain) <= kMaxHeight, "chains nest too deep");
  }

  std::string Text(std::string_view table) const {
    return fmt::format("*{}\n{}{}COMMIT\n", table, chains_.Text(entries_), jumps_);
  }

  const ir::Policy& policy_;
  Chains chains_;
  Lookups lookups_;
  std::string icmp_related_;
  // The kernel has copied the label of the connection that expected this one (nf_conntrack_core.c,
  // init_conntrack).
  std::string first_expected_;
  Target restore_ = kReturn;
  Target expected_ = kReturn;
  std::vector<Target> entries_;
  std::string jumps_;
};

}  // namespace

std::string MangleTable(const ir::Policy& policy, Family family) {
  return TableWriter(policy, family).Mangle();
}

std::string SecurityTable(const ir::Policy& policy, Family family) {
  return TableWriter(policy, family).Security();
}

}  // namespace appnet::backend::iptables
