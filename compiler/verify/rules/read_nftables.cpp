#include "verify/rules/read_nftables.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "verify/rules/nftables_map.h"
#include "verify/rules/nftables_rule.h"

namespace appnet::verify::rules {
namespace {

using Kind = NftToken::Kind;

class FileReader {
 public:
  explicit FileReader(std::string_view text) : cursor_(text, ruleset_) {
    ruleset_.backend = Backend::kNftables;
  }

  std::variant<Ruleset, Refusal> Read() {
    if (!ReadFile()) return *cursor_.refusal();
    return std::move(ruleset_);
  }

 private:
  bool ReadFile() {
    cursor_.SkipLineEnds();
    for (const std::string_view line : {"table inet appnet", "delete table inet appnet"}) {
      if (!cursor_.TakeWords(line) || !cursor_.TakeLineEnd()) return false;
      cursor_.SkipLineEnds();
    }
    if (!cursor_.TakeWords("table inet appnet {") || !cursor_.TakeLineEnd()) return false;
    for (cursor_.SkipLineEnds(); !cursor_.At("}"); cursor_.SkipLineEnds()) {
      if (!ReadItem()) return false;
    }
    cursor_.Advance();
    cursor_.SkipLineEnds();
    if (cursor_.token().kind != Kind::kEnd) return cursor_.Refuse("text after the table");
    return CheckChains();
  }

  bool ReadItem() {
    if (cursor_.TakeIf("secmark")) return ReadLabel();
    if (cursor_.TakeIf("map")) return ReadNftMap(cursor_, false);
    if (cursor_.TakeIf("set")) return ReadNftMap(cursor_, true);
    if (cursor_.TakeIf("chain")) return ReadChain();
    return cursor_.RefuseToken();
  }

  bool ReadLabel() {
    const unsigned line = cursor_.token().line;
    std::string_view name;
    if (!cursor_.TakeName(name) || !cursor_.TakeWords("{")) return false;
    cursor_.SkipLineEnds();
    if (cursor_.token().kind != Kind::kQuoted) return cursor_.RefuseToken();
    const std::string_view context = cursor_.token().text;
    cursor_.Advance();
    cursor_.SkipLineEnds();
    if (!cursor_.TakeWords("}") || !cursor_.TakeLineEnd()) return false;
    return cursor_.DeclareLabel(name, context, line);
  }

  bool ReadChain() {
    const unsigned line = cursor_.token().line;
    std::string_view name;
    if (!cursor_.TakeName(name) || !cursor_.TakeWords("{") || !cursor_.TakeLineEnd()) return false;
    const ChainId id = cursor_.ChainNamed(name);
    if (ruleset_.chains[id].declared) return cursor_.Refuse(fmt::format("chain {} twice", name));
    ruleset_.chains[id].declared = true;
    ruleset_.chains[id].line = line;
    cursor_.SkipLineEnds();
    if (cursor_.At("type") && !ReadHook(id)) return false;
    for (cursor_.SkipLineEnds(); !cursor_.At("}"); cursor_.SkipLineEnds()) {
      Rule rule{cursor_.token().line, {}};
      if (!ReadNftRule(cursor_, rule)) return false;
      ruleset_.chains[id].rules.push_back(std::move(rule));
    }
    cursor_.Advance();
    return cursor_.TakeLineEnd();
  }

  bool ReadHook(ChainId chain) {
    static constexpr std::pair<std::string_view, Hook> kHooks[] = {{"prerouting", Hook::kPrerouting},
                                                                   {"input", Hook::kInput},
                                                                   {"forward", Hook::kForward},
                                                                   {"output", Hook::kOutput},
                                                                   {"postrouting", Hook::kPostrouting}};
    if (!cursor_.TakeWords("type filter hook")) return false;
    const auto* const hook = std::find_if(std::begin(kHooks), std::end(kHooks),
                                          [&](const auto& each) { return cursor_.At(each.first); });
    if (hook == std::end(kHooks)) return cursor_.RefuseToken();
    std::optional<ChainId>& entry = ruleset_.entries[IndexOf(hook->second)];
    if (entry) return cursor_.Refuse(fmt::format("two chains for the hook {}", hook->first));
    entry = chain;
    cursor_.Advance();
    // Local packets lose our mark after others have set theirs.
    return cursor_.TakeWords(hook->second == Hook::kOutput ? "priority security" : "priority mangle") &&
           cursor_.TakeWords("; policy accept ;") && cursor_.TakeLineEnd();
  }

  bool CheckChains() {
    for (const Chain& chain : ruleset_.chains) {
      if (!chain.declared) return cursor_.Refuse(fmt::format("no chain {}", chain.name));
    }
    return true;
  }

  Ruleset ruleset_;
  NftCursor cursor_;
};

}  // namespace

std::variant<Ruleset, Refusal> ReadNftables(std::string_view text) { return FileReader(text).Read(); }

}  // namespace appnet::verify::rules
