#pragma once
// Contract: the chains of one iptables table while they are made. A look-up chain has no name of its own:
// chains with the same rules are one chain. Whatever no entry chain leads to is not written. Every chain ends
// by returning to whoever entered it with -j, so the rules that other people put after our jumps still run.

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ir/policy.h"

namespace appnet::backend::iptables {

using Target = std::uint32_t;         // where a rule sends a packet: a chain, or
inline constexpr Target kReturn = 0;  // back to whoever entered with -j

// A chain of a test, "if `match` then `then` else `otherwise`", which can be written into the rule that would
// lead to it.
struct Test {
  std::string match;
  Target then = kReturn;
  Target otherwise = kReturn;
};

class Chains;

// The rules of a chain in the making, in order.
class Draft {
 public:
  explicit Draft(const Chains& chains) : chains_(chains) {}

  // `match` may be empty: the packet goes on there in any case, and what follows is dropped.
  void Goto(std::string_view match, Target target);
  // The same, where packets that `target` itself would send to `fallback` may as well stay here, because the
  // rules that follow lead them there.
  void GotoOrFallBack(std::string_view match, Target target, Target fallback);
  void Call(Target target);  // comes back; nothing for kReturn
  void Plain(std::string_view rule);

 private:
  friend class Chains;
  void Refer(Target target);

  const Chains& chains_;
  std::string body_;  // lines " TESTS -g NAME\n"
  std::vector<Target> targets_;
  unsigned height_ = 0;
  std::size_t rules_ = 0;
  bool closed_ = false;
  bool only_gotos_ = true;
  Target last_ = kReturn;  // where packets go that no test takes
  std::string first_match_;
  Target first_target_ = kReturn;
};

class Chains {
 public:
  explicit Chains(const ir::Policy& policy);

  // A look-up chain; `stem` is one letter that says what it tests. Without any test the answer is the draft's
  // own target.
  Target Intern(char stem, const Draft& draft);
  // A chain of its own with a fixed name, "appnet-" and `name`.
  Target Name(std::string_view name, const Draft& draft);
  // Puts the label on the packet.
  Target Label(ir::LabelId label);

  // Chains on the longest way from here to a return, this one included; 0 for kReturn.
  unsigned HeightOf(Target target) const { return chains_[target].height; }
  const std::string& NameOf(Target target) const { return chains_[target].name; }
  const std::optional<Test>& TestOf(Target target) const { return chains_[target].test; }

  // Declarations and rules of all chains that `entries` lead to: the named ones, look-ups from the root down,
  // labels.
  std::string Text(const std::vector<Target>& entries) const;

 private:
  enum class Kind { kNamed, kLookup, kLabel };
  struct Chain {
    Kind kind = Kind::kLabel;
    std::string name;
    std::string body;
    std::vector<Target> targets;
    unsigned height = 0;
    std::optional<Test> test;
    ir::LabelId label = 0;
  };
  Target Add(Kind kind, std::string name, const Draft& draft);
  // What `entries` lead to, in the order of the file.
  std::vector<Target> Reached(const std::vector<Target>& entries) const;

  const ir::Policy& policy_;
  std::deque<Chain> chains_;  // by Target; a deque keeps the bodies that known_ looks at
  std::unordered_map<std::string_view, Target> known_;
  std::vector<Target> labels_;  // kReturn: not yet made
};

}  // namespace appnet::backend::iptables
