#include "backend/nftables/emit.h"

#include <fmt/format.h>

#include "backend/nftables/lookups.h"
#include "ir/comments.h"

namespace appnet::backend::nftables {
namespace {

using flow::Direction;
using netfilter::Orientation;

constexpr Reading kConnectThere{Direction::kConnect, Orientation::kThere};
constexpr Reading kConnectBack{Direction::kConnect, Orientation::kBack};
constexpr Reading kAcceptThere{Direction::kAccept, Orientation::kThere};
constexpr Reading kAcceptBack{Direction::kAccept, Orientation::kBack};
constexpr Reading kForwardThere{Direction::kForward, Orientation::kThere};
constexpr Reading kForwardBack{Direction::kForward, Orientation::kBack};

constexpr std::string_view kLoneSyn = "tcp flags & (fin | syn | rst | ack) == syn";
constexpr std::string_view kNoLoneSyn = "tcp flags & (fin | syn | rst | ack) != syn";
constexpr std::string_view kRelatedIcmp = "meta l4proto { 1, 58 } ct state related accept";
constexpr std::string_view kSave = "ct secmark set meta secmark";
// Sets the label of a labelled connection; goes on to the next rule where there is none. Labels are numbered
// from 1 on. nft compares no label with a number, but its bits; all 32 of them it would list as the former.
constexpr std::string_view kRestore = "ct secmark & 0x7fffffff != 0 meta secmark set ct secmark";
constexpr int kPickedUp = 126;  // connection label bit
// A bit of the packet mark says "forwarded" between forward and postrouting. The incoming interface does not:
// packets of a tunnel, and those that the kernel makes for neighbours and groups, have one as well.
constexpr std::string_view kMarkForwarded = "meta mark set meta mark | 0x20000000";
constexpr std::string_view kUnmarkForwarded = "meta mark set meta mark & 0xdfffffff";
constexpr std::string_view kForwarded = "meta mark & 0x20000000 == 0x20000000";

class File {
 public:
  explicit File(const ir::Policy& policy) : policy_(policy), lookups_(policy) {}

  std::string Write() {
    const std::string hooks = Hooks();  // makes the look-ups
    std::string text = fmt::format(
        "# nftables rules of the appnet policy {0}. Load with: nft -f {0}.nft\n"
        "# One transaction replaces our own table and touches no other. The packet types must be in the "
        "loaded SELinux policy\n"
        "# (module {0}.cil) and the loading domain needs relabelto on them; otherwise nothing is loaded.\n\n"
        "table inet appnet\ndelete table inet appnet\n\ntable inet appnet {{\n",
        policy_.name);
    for (const ir::Label& label : policy_.labels) {
      for (const std::string& line : ir::OriginLines(policy_, label)) text += fmt::format("\t# {}\n", line);
      text += fmt::format("\tsecmark {} {{\n\t\t\"{}\"\n\t}}\n\n", label.type, label.context);
    }
    text += lookups_.maps();
    text += lookups_.chains();
    text += hooks;
    text += "}\n";
    return text;
  }

 private:
  std::string Set(ir::LabelId label) const {
    return fmt::format("meta secmark set \"{}\"", policy_.labels[label].type);
  }

  static void Chain(std::string& text, std::string_view name, const std::vector<std::string>& rules) {
    text += fmt::format("\tchain {} {{\n", name);
    for (const std::string& rule : rules) {
      if (!rule.empty()) text += fmt::format("\t\t{}\n", rule);
    }
    text += "\t}\n\n";
  }

  static std::string Hook(std::string_view hook, std::string_view priority = "mangle") {
    return fmt::format("type filter hook {} priority {}; policy accept;", hook, priority);
  }

  // Rules that look up one reading; a later hit overrides an earlier one.
  std::vector<std::string> LookUp(Reading reading) { return LookUp(std::vector<Reading>{reading}); }
  // Pick up: the last reading wins.
  std::vector<std::string> LookUp(const std::vector<Reading>& readings) {
    std::vector<std::string> rules;
    for (const Reading& reading : readings) {
      if (const std::string chain = lookups_.Inherited(reading); !chain.empty())
        rules.push_back("jump " + chain);
    }
    for (const Reading& reading : readings) {
      if (const std::string chain = lookups_.Policy(reading); !chain.empty())
        rules.push_back("jump " + chain);
    }
    return rules;
  }

  static std::vector<std::string> Concat(std::vector<std::string> a, const std::vector<std::string>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  }

  // The chains for packets without a restored label, at a hook other than lo's. In: what becomes of them
  // when nothing is found has been set. A new connection takes the fewest steps: comparisons, no sets.
  // Untracked packets come to the end, where saving does nothing without a connection.
  void Unlabelled(std::string& text, const std::string& stem, Reading there, Reading back,
                  const std::vector<Reading>& pick_up) {
    const std::string save(kSave);
    Chain(text, stem + "_midstream", Concat(LookUp(pick_up), {save}));
    Chain(text, stem + "_reply", Concat(LookUp(back), {save}));
    Chain(text, stem + "_first", Concat(LookUp(there), {save}));
    Chain(text, stem + "_unlabelled",
          {fmt::format("ct state new {} goto {}_first", kLoneSyn, stem),
           fmt::format("ct state new meta l4proto != 6 goto {}_first", stem), "ct state invalid accept",
           std::string(kRelatedIcmp), fmt::format("meta l4proto 6 ct state new goto {}_midstream", stem),
           fmt::format("meta l4proto 6 ct state established goto {}_midstream", stem),
           fmt::format("ct direction reply goto {}_reply", stem), fmt::format("goto {}_first", stem)});
  }

  std::string Hooks() {
    std::string text;
    const std::string restore = fmt::format("{} accept", kRestore);
    const std::string unmatched = Set(policy_.unmatched);

    text +=
        "\t# What arrives: the connection's label, or one that serves forward_in alone. Every later hook "
        "sets it anew.\n";
    Chain(text, "prerouting", {Hook("prerouting"), "iif \"lo\" accept", restore, Set(policy_.transit)});

    Unlabelled(text, "input", kAcceptThere, kConnectBack, {kConnectBack, kAcceptThere});
    text +=
        "\t# Multicast and broadcast share the sender's connection when they loop back: neither restored nor "
        "saved.\n";
    Chain(text, "input_many", Concat({unmatched}, LookUp(kAcceptThere)));
    Chain(text, "input",
          {Hook("input"), "iif \"lo\" goto lo_input", "meta pkttype != host goto input_many", restore,
           unmatched, "goto input_unlabelled"});

    Unlabelled(text, "forward", kForwardThere, kForwardBack, {kForwardBack, kForwardThere});
    Chain(text, "forward",
          {Hook("forward"), std::string(kMarkForwarded), restore, Set(policy_.unmatched_forward),
           "goto forward_unlabelled"});

    text += "\t# Nobody on this host may pretend to be forwarded.\n";
    Chain(text, "output", {Hook("output", "security"), std::string(kUnmarkForwarded)});
    Chain(text, "forwarded", {std::string(kUnmarkForwarded)});

    Unlabelled(text, "output", kConnectThere, kAcceptBack, {kConnectThere, kAcceptBack});
    text +=
        "\t# Before source translation, when destination and interface are final. Forwarded packets have "
        "their label.\n";
    Chain(text, "postrouting",
          {Hook("postrouting"), fmt::format("{} goto forwarded", kForwarded), "oif \"lo\" goto lo_output",
           restore, unmatched, "goto output_unlabelled"});

    Loopback(text, unmatched);
    return text;
  }

  // Both ends share one connection, so every packet is looked up, by hook and direction.
  void Loopback(std::string& text, const std::string& unmatched) {
    const std::string picked_up = fmt::format("ct label {}", kPickedUp);
    const std::vector<std::string> begin = {unmatched, "ct state invalid accept", std::string(kRelatedIcmp)};
    Chain(text, "lo_output_picked_up", LookUp({kConnectThere, kAcceptBack}));
    Chain(text, "lo_output_reply", LookUp(kAcceptBack));
    text +=
        "\t# Of a translated connection the client's label is kept: its input shows the address before "
        "translation.\n";
    Chain(text, "lo_output",
          Concat(Concat(Concat(begin, {fmt::format("ct state new {} ct label set {}", kNoLoneSyn, kPickedUp),
                                       picked_up + " goto lo_output_picked_up",
                                       "ct direction reply goto lo_output_reply"}),
                        LookUp(kConnectThere)),
                 {fmt::format("ct status dnat {}", kSave)}));
    Chain(text, "lo_input_picked_up", LookUp({kConnectBack, kAcceptThere}));
    Chain(text, "lo_input_reply", Concat(LookUp(kConnectBack), {fmt::format("ct status dnat {}", kRestore)}));
    Chain(text, "lo_input",
          Concat(Concat(begin,
                        {picked_up + " goto lo_input_picked_up", "ct direction reply goto lo_input_reply"}),
                 LookUp(kAcceptThere)));
  }

  const ir::Policy& policy_;
  Lookups lookups_;
};

}  // namespace

base::OutputFile Emit(const ir::Policy& policy) {
  return {policy.name + ".nft", File(policy).Write(), false};
}

}  // namespace appnet::backend::nftables
