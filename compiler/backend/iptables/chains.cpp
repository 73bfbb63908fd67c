#include "backend/iptables/chains.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "ir/comments.h"

namespace appnet::backend::iptables {
namespace {

// iptables-restore reads 10,239 bytes of a line and takes what follows for the next one, so no comment may
// come near that.
constexpr std::size_t kCommentBytes = 1000;

std::string_view Shortened(std::string_view line) {
  if (line.size() <= kCommentBytes) return line;
  std::size_t end = kCommentBytes;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80)
    --end;  // not inside a UTF-8 character
  return line.substr(0, end);
}

}  // namespace

void Draft::Refer(Target target) {
  if (target == kReturn) return;
  targets_.push_back(target);
  height_ = std::max(height_, chains_.HeightOf(target));
}

void Draft::Goto(std::string_view match, Target target) {
  if (closed_) return;
  if (match.empty()) {
    closed_ = true;
    last_ = target;
    if (target == kReturn) return;
  } else if (++rules_ == 1) {
    first_match_ = match;
    first_target_ = target;
  }
  Refer(target);
  if (!match.empty()) body_.append(" ").append(match);
  if (target == kReturn) {
    body_.append(" -j RETURN\n");
  } else {
    body_.append(" -g ").append(chains_.NameOf(target)).append("\n");
  }
}

void Draft::GotoOrFallBack(std::string_view match, Target target, Target fallback) {
  const std::optional<Test>& test = chains_.TestOf(target);
  if (!match.empty() && test && test->otherwise == fallback) {
    Goto(std::string(match).append(" ").append(test->match), test->then);
  } else {
    Goto(match, target);
  }
}

void Draft::Call(Target target) {
  if (target != kReturn) Plain("-j " + chains_.NameOf(target));
  Refer(target);
}

void Draft::Plain(std::string_view rule) {
  APPNET_CHECK(!closed_, "a rule after the chain's end");
  only_gotos_ = false;
  body_.append(" ").append(rule).append("\n");
}

Chains::Chains(const ir::Policy& policy)
    : policy_(policy), chains_(1), labels_(policy.labels.size(), kReturn) {}

Target Chains::Intern(char stem, const Draft& draft) {
  APPNET_CHECK(draft.only_gotos_, "a look-up chain only tests");
  if (draft.rules_ == 0) return draft.last_;
  if (auto found = known_.find(draft.body_); found != known_.end()) return found->second;
  const Target made = Add(Kind::kLookup, fmt::format("appnet-{}{}", stem, chains_.size()), draft);
  if (draft.rules_ == 1) chains_.back().test = Test{draft.first_match_, draft.first_target_, draft.last_};
  known_.emplace(chains_.back().body, made);
  return made;
}

Target Chains::Name(std::string_view name, const Draft& draft) {
  return Add(Kind::kNamed, fmt::format("appnet-{}", name), draft);
}

Target Chains::Label(ir::LabelId label) {
  if (labels_[label] == kReturn) {
    Draft draft(*this);
    draft.Plain(fmt::format("-j SECMARK --selctx {}", policy_.labels[label].context));
    labels_[label] = Add(Kind::kLabel, fmt::format("appnet-l{}", label), draft);
    chains_.back().label = label;
  }
  return labels_[label];
}

Target Chains::Add(Kind kind, std::string name, const Draft& draft) {
  chains_.push_back({kind, std::move(name), draft.body_, draft.targets_, draft.height_ + 1, std::nullopt, 0});
  return static_cast<Target>(chains_.size() - 1);
}

std::vector<Target> Chains::Reached(const std::vector<Target>& entries) const {
  std::vector<bool> seen(chains_.size());
  std::vector<Target> reached;
  std::vector<Target> open = entries;
  while (!open.empty()) {
    const Target target = open.back();
    open.pop_back();
    if (target == kReturn || seen[target]) continue;
    seen[target] = true;
    reached.push_back(target);
    open.insert(open.end(), chains_[target].targets.begin(), chains_[target].targets.end());
  }
  // A chain is made after those that it leads to.
  std::sort(reached.begin(), reached.end(), [&](Target a, Target b) {
    const Chain& left = chains_[a];
    const Chain& right = chains_[b];
    if (left.kind != right.kind) return left.kind < right.kind;
    return left.kind == Kind::kLabel ? left.label < right.label : a > b;
  });
  return reached;
}

std::string Chains::Text(const std::vector<Target>& entries) const {
  const std::vector<Target> reached = Reached(entries);
  std::size_t bytes = 0;
  for (const Target target : reached) bytes += chains_[target].body.size();
  std::string text;
  text.reserve(2 * bytes);
  for (const Target target : reached) text.append(":").append(chains_[target].name).append(" - [0:0]\n");
  for (const Target target : reached) {
    const Chain& chain = chains_[target];
    if (chain.kind == Kind::kLabel) {
      for (const std::string& line : ir::OriginLines(policy_, policy_.labels[chain.label])) {
        text.append("# ").append(Shortened(line)).append("\n");
      }
    }
    for (std::size_t at = 0; at < chain.body.size();) {
      const std::size_t end = chain.body.find('\n', at) + 1;
      text.append("-A ").append(chain.name).append(chain.body, at, end - at);
      at = end;
    }
  }
  return text;
}

}  // namespace appnet::backend::iptables
