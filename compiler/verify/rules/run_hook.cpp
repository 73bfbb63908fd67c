#include "verify/rules/run_hook.h"

#include <fmt/format.h>

namespace appnet::verify::rules {
namespace {

constexpr unsigned kMarkBits = 32;
constexpr unsigned kTcpFlagBits = 6;

class HookRun {
 public:
  HookRun(const Ruleset& ruleset, const Lookups& lookups, Passage& passage, std::size_t& steps)
      : ruleset_(ruleset), lookups_(lookups), passage_(passage), facts_(passage.facts()), steps_(steps) {}

  Done Run() {
    if (const auto entry = ruleset_.entries[IndexOf(facts_.hook())]) RunChain(*entry);
    return std::move(done_);
  }

 private:
  enum class After { kNextStep, kNextRule, kLeave, kEnd };  // kEnd: the hook; kLeave: the chain

  bool Refuse(std::string why) {
    if (!done_.refusal) done_.refusal = Refusal{line_, std::move(why)};
    return false;
  }

  // False when the hook has ended.
  bool RunChain(ChainId id) {
    for (const Rule& rule : ruleset_.chains[id].rules) {
      After after = After::kNextStep;
      for (const Step& step : rule.steps) {
        line_ = rule.line;
        if (steps_ == 0) return Refuse("rules without end");
        --steps_;
        after = std::visit([&](const auto& each) { return Take(each); }, step);
        if (done_.refusal) return false;
        if (after != After::kNextStep) break;
      }
      if (after == After::kLeave) return true;
      if (after == After::kEnd) return false;
    }
    return true;
  }

  // False when the hook has ended.
  bool Enter(ChainId id) {
    if (!lookups_.IsLookup(id) || lookups_.IsList(id)) return RunChain(id);
    done_.label.lookups.push_back(id);
    return true;
  }

  After Take(const Verdict& verdict) {
    switch (verdict.kind) {
      case Verdict::Kind::kAccept:
        return After::kEnd;
      case Verdict::Kind::kReturn:
        return After::kLeave;
      case Verdict::Kind::kJump:
        return Enter(verdict.chain) ? After::kNextRule : After::kEnd;
      case Verdict::Kind::kGoto:
        return Enter(verdict.chain) ? After::kLeave : After::kEnd;
    }
    return After::kEnd;
  }

  static After Test(bool holds) { return holds ? After::kNextStep : After::kNextRule; }
  After Undecided(std::string why) {
    Refuse(std::move(why));
    return After::kEnd;
  }

  After Take(const PacketTest& test) {
    switch (test.key.selector) {
      case Selector::kInName:
      case Selector::kOutName:
        return TakeInterface(test);
      case Selector::kProtocol: {
        bool holds = false;
        for (const Interval& interval : test.values) {
          for (Value protocol = interval.low; protocol <= interval.high && !holds; ++protocol)
            holds = facts_.IsProtocol(static_cast<unsigned>(protocol));
        }
        return Test(holds != test.negated);
      }
      default:
        return Undecided("a hook's rules ask for more than its contract knows");
    }
  }

  After TakeInterface(const PacketTest& test) {
    const bool in = test.key.selector == Selector::kInName;
    const Hook hook = facts_.hook();
    // The kernel does not show it there, or only some kernels do.
    if (ruleset_.backend == Backend::kIptables && (in ? hook == Hook::kOutput || hook == Hook::kPostrouting
                                                      : hook == Hook::kPrerouting || hook == Hook::kInput)) {
      return Undecided("an interface that this hook does not have");
    }
    if (test.names.size() != 1 || test.names[0] != "lo")
      return Undecided("a hook's rules name an interface other than lo");
    return Test((in ? facts_.In() : facts_.Out()) == Interface::kLoopback);
  }

  After Take(const ConnectionTest& test) {
    if (test.states != 0) {
      unsigned states = facts_.State();
      if ((states & test.states) == 0 && facts_.HasConnection()) {
        if ((test.states & kStateDnat) != 0 && facts_.IsDestinationTranslated()) states |= kStateDnat;
        if ((test.states & kStateSnat) != 0 && facts_.IsSourceTranslated()) states |= kStateSnat;
      }
      if ((states & test.states) == 0) return After::kNextRule;
    }
    // conntrack_mt(): a state alone decides where there is no connection.
    if (!facts_.HasConnection()) return Test(test.states != 0);
    if (test.reply && *test.reply != facts_.IsReply()) return After::kNextRule;
    if (test.statuses == 0) return After::kNextStep;
    return Test(((test.statuses & kStatusExpected) != 0 && facts_.IsExpected()) ||
                ((test.statuses & kStatusDnat) != 0 && facts_.IsDestinationTranslated()));
  }

  After Take(const ConnectionLabelTest& test) {
    if (!facts_.HasConnection()) return After::kNextRule;
    if (test.set) return Test(passage_.SetLabel(test.bit));
    return Test(passage_.HasLabel(test.bit));
  }

  After Take(const PacketTypeTest& test) { return Test((facts_.PacketType() & test.types) != 0); }

  After Take(const TcpFlagsTest& test) {
    bool holds = (test.value & ~test.mask) == 0;
    for (unsigned bit = 0; bit < kTcpFlagBits && holds; ++bit) {
      if ((test.mask >> bit & 1) != 0) holds = facts_.TcpFlag(bit) == ((test.value >> bit & 1) != 0);
    }
    return Test(holds != test.negated);
  }

  After Take(const MarkTest& test) {
    bool holds = (test.value & ~test.mask) == 0;
    for (unsigned bit = 0; bit < kMarkBits && holds; ++bit) {
      if ((test.mask >> bit & 1) != 0) holds = passage_.MarkBit(bit) == ((test.value >> bit & 1) != 0);
    }
    return Test(holds);
  }

  After Take(const LabelledTest& /*test*/) { return Test(facts_.HasConnection() && passage_.HasSecmark()); }

  After Take(const MemberTest& /*test*/) {
    return Undecided("a look-up among rules that do more than look up");
  }
  After Take(const SetLabelFromMap& /*step*/) {
    return Undecided("a look-up among rules that do more than look up");
  }
  After Take(const VerdictMap& /*step*/) {
    return Undecided("a look-up among rules that do more than look up");
  }

  After Take(const SetLabel& step) {
    done_.label = {Origin::kFixed, lookups_.LabelOf(step.context), {}};
    return After::kNextStep;
  }

  After Take(const Restore& /*step*/) {
    if (ruleset_.backend == Backend::kNftables) {
      if (!facts_.HasConnection()) return After::kNextRule;
      done_.label = {Origin::kRestored, kNothing, {}};
      return After::kNextStep;
    }
    // CONNSECMARK leaves a packet that carries a label alone.
    if (!facts_.HasConnection() || done_.label.origin == Origin::kFixed) return After::kNextStep;
    if (!done_.label.lookups.empty())
      return Undecided("a label is restored where a look-up may have set one");
    done_.label.origin = Origin::kRestored;
    return After::kNextStep;
  }

  After Take(const Save& /*step*/) {
    if (!facts_.HasConnection()) return After::kNextStep;
    if (done_.label.origin == Origin::kArrived)
      return Undecided("a label is saved that the packet came with");
    done_.saved.push_back(done_.label);
    passage_.NoteSaved();
    return After::kNextStep;
  }

  After Take(const SetConnectionLabel& step) {
    if (facts_.HasConnection()) passage_.SetLabel(step.bit);
    return After::kNextStep;
  }

  After Take(const SetMark& step) {
    for (unsigned bit = 0; bit < kMarkBits; ++bit) {
      const bool masked = (step.mask >> bit & 1) != 0;
      const bool value = (step.value >> bit & 1) != 0;
      if (masked) passage_.SetMarkBit(bit, value);
      if (!masked && value) passage_.SetMarkBit(bit, !passage_.MarkBit(bit));
    }
    return After::kNextStep;
  }

  const Ruleset& ruleset_;
  const Lookups& lookups_;
  Passage& passage_;
  Situation& facts_;
  std::size_t& steps_;
  unsigned line_ = 0;
  Done done_;
};

}  // namespace

Done RunHook(const Ruleset& ruleset, const Lookups& lookups, Passage& passage, std::size_t& steps) {
  return HookRun(ruleset, lookups, passage, steps).Run();
}

}  // namespace appnet::verify::rules
