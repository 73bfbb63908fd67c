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

constexpr std::string_view kNoLoneSyn = "tcp flags & (fin | syn | rst | ack) != syn";
constexpr std::string_view kSave = "ct secmark set meta secmark";
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

  // First packet of a connection without a label, at a hook other than lo's.
  void FirstPacket(std::string& text, const std::string& stem, Reading there, Reading back,
                   const std::vector<Reading>& pick_up) {
    const std::string save(kSave);
    Chain(text, stem + "_midstream", Concat(LookUp(pick_up), {save}));
    Chain(text, stem + "_reply", Concat(LookUp(back), {save}));
    Chain(text, stem + "_first",
          Concat(Concat({"meta l4proto { 1, 58 } ct state related accept",
                         fmt::format("meta l4proto 6 ct state established goto {}_midstream", stem),
                         fmt::format("meta l4proto 6 ct state new {} goto {}_midstream", kNoLoneSyn, stem),
                         fmt::format("ct direction reply goto {}_reply", stem)},
                        LookUp(there)),
                 {save}));
    Chain(text, stem + "_alone", LookUp(there));
  }

  std::string Hooks() {
    std::string text;
    const std::string restore = "meta secmark set ct secmark";
    const std::string unmatched = Set(policy_.unmatched);

    text +=
        "\t# What arrives: the connection's label, or one that serves forward_in alone. Every later hook "
        "sets it anew.\n";
    Chain(text, "prerouting",
          {Hook("prerouting"), "iifname \"lo\" accept", Set(policy_.transit),
           "ct secmark vmap { 0 : accept }", restore});

    FirstPacket(text, "input", kAcceptThere, kConnectBack, {kConnectBack, kAcceptThere});
    text +=
        "\t# Multicast and broadcast share the sender's connection when they loop back: neither restored nor "
        "saved.\n";
    Chain(text, "input",
          {Hook("input"), "iifname \"lo\" goto lo_input", unmatched, "meta pkttype != host goto input_alone",
           "ct state vmap { invalid : accept, untracked : goto input_alone }",
           "ct secmark vmap { 0 : goto input_first }", restore});

    FirstPacket(text, "forward", kForwardThere, kForwardBack, {kForwardBack, kForwardThere});
    Chain(text, "forward",
          {Hook("forward"), std::string(kMarkForwarded), Set(policy_.unmatched_forward),
           "ct state vmap { invalid : accept, untracked : goto forward_alone }",
           "ct secmark vmap { 0 : goto forward_first }", restore});

    text += "\t# Nobody on this host may pretend to be forwarded.\n";
    Chain(text, "output", {Hook("output", "security"), std::string(kUnmarkForwarded)});
    Chain(text, "forwarded", {std::string(kUnmarkForwarded)});

    FirstPacket(text, "output", kConnectThere, kAcceptBack, {kConnectThere, kAcceptBack});
    text +=
        "\t# Before source translation, when destination and interface are final. Forwarded packets have "
        "their label.\n";
    Chain(text, "postrouting",
          {Hook("postrouting"), fmt::format("{} goto forwarded", kForwarded), "oifname \"lo\" goto lo_output",
           unmatched, "ct state vmap { invalid : accept, untracked : goto output_alone }",
           "ct secmark vmap { 0 : goto output_first }", restore});

    Loopback(text, unmatched);
    return text;
  }

  // Both ends share one connection, so every packet is looked up, by hook and direction.
  void Loopback(std::string& text, const std::string& unmatched) {
    const std::string related = "meta l4proto { 1, 58 } ct state related accept";
    const std::string picked_up = fmt::format("ct label {}", kPickedUp);
    Chain(text, "lo_output_picked_up", LookUp({kConnectThere, kAcceptBack}));
    Chain(text, "lo_output_reply", LookUp(kAcceptBack));
    text +=
        "\t# Of a translated connection the client's label is kept: its input shows the address before "
        "translation.\n";
    Chain(text, "lo_output",
          Concat(
              Concat({unmatched, "ct state vmap { invalid : accept, untracked : goto output_alone }", related,
                      fmt::format("meta l4proto 6 ct state new {} ct label set {}", kNoLoneSyn, kPickedUp),
                      picked_up + " goto lo_output_picked_up", "ct direction reply goto lo_output_reply"},
                     LookUp(kConnectThere)),
              {fmt::format("ct status dnat {}", kSave)}));
    Chain(text, "lo_input_picked_up", LookUp({kConnectBack, kAcceptThere}));
    Chain(text, "lo_input_translated", {"ct secmark vmap { 0 : accept }", "meta secmark set ct secmark"});
    Chain(text, "lo_input_reply", Concat(LookUp(kConnectBack), {"ct status dnat goto lo_input_translated"}));
    Chain(text, "lo_input",
          Concat({unmatched, "ct state vmap { invalid : accept, untracked : goto input_alone }", related,
                  picked_up + " goto lo_input_picked_up", "ct direction reply goto lo_input_reply"},
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
