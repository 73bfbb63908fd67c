#include "verify/rules/read_iptables.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "verify/rules/iptables_rule.h"

namespace appnet::verify::rules {
namespace {

constexpr std::size_t kGreatestLine = 10'239;   // iptables-restore reads no further
constexpr std::size_t kGreatestChainName = 28;  // XT_EXTENSION_MAXNAMELEN, without its end
constexpr std::string_view kOwnChain = "appnet-";

struct BuiltIn {
  std::string_view table;
  std::string_view name;
  Hook hook;
};
constexpr BuiltIn kBuiltIns[] = {{"mangle", "PREROUTING", Hook::kPrerouting},
                                 {"mangle", "INPUT", Hook::kInput},
                                 {"mangle", "POSTROUTING", Hook::kPostrouting},
                                 {"security", "OUTPUT", Hook::kOutput},
                                 {"security", "FORWARD", Hook::kForward}};

class FileReader {
 public:
  FileReader(std::string_view text, Family family) : text_(text) {
    ruleset_.backend = Backend::kIptables;
    ruleset_.family = family;
  }

  std::variant<Ruleset, Refusal> Read() {
    for (std::size_t at = 0; at < text_.size() && !refusal_; ++line_) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size());
      ReadLine(text_.substr(at, end - at));
      at = end + 1;
    }
    if (!refusal_ && !table_.empty()) Refuse(fmt::format("table {} without COMMIT", table_));
    if (refusal_) return *refusal_;
    return std::move(ruleset_);
  }

 private:
  bool Refuse(std::string why) {
    if (!refusal_) refusal_ = Refusal{line_, std::move(why)};
    return false;
  }

  bool ReadLine(std::string_view line) {
    if (line.size() > kGreatestLine) return Refuse("a line that iptables-restore cuts");
    if (line.empty() || line[0] == '#') return true;
    if (line.find('\0') != std::string_view::npos) return Refuse("not text");
    if (table_.empty()) return BeginTable(line);
    if (line == "COMMIT") return EndTable();
    if (line[0] == ':') return Declare(line);
    if (line.starts_with("-A ")) return ReadRule(line.substr(3));
    if (line.starts_with("-I ")) return ReadJump(line.substr(3));
    return Refuse("not known here");
  }

  bool BeginTable(std::string_view line) {
    if (line != "*mangle" && line != "*security") return Refuse("not a table of ours");
    table_ = line.substr(1);
    if (!tables_.insert({table_, true}).second) return Refuse(fmt::format("table {} twice", table_));
    chains_.clear();
    first_chain_ = ruleset_.chains.size();
    return true;
  }

  bool EndTable() {
    for (std::size_t i = first_chain_; i < ruleset_.chains.size(); ++i) {
      if (!ruleset_.chains[i].declared) return Refuse(fmt::format("no chain {}", ruleset_.chains[i].name));
    }
    table_ = {};
    return true;
  }

  bool Declare(std::string_view line) {
    constexpr std::string_view kEnd = " - [0:0]";
    if (!line.ends_with(kEnd)) return Refuse("not a chain's declaration");
    const std::string_view name = line.substr(1, line.size() - 1 - kEnd.size());
    if (!IsOwn(name)) return Refuse(fmt::format("{} is no chain of ours", name));
    Chain& chain = ruleset_.chains[ChainNamed(name)];
    if (chain.declared) return Refuse(fmt::format("chain {} twice", name));
    chain.declared = true;
    chain.line = line_;
    return true;
  }

  static bool IsOwn(std::string_view name) {
    return name.starts_with(kOwnChain) && name.size() <= kGreatestChainName &&
           name.find_first_of(" \t\"") == std::string_view::npos;
  }

  ChainId ChainNamed(std::string_view name) {
    const auto [place, is_new] = chains_.try_emplace(name, static_cast<ChainId>(ruleset_.chains.size()));
    if (is_new) ruleset_.chains.push_back({std::string(name), line_, false, {}});
    return place->second;
  }

  bool ReadRule(std::string_view text) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return Refuse("a rule without words");
    const std::string_view name = text.substr(0, space);
    const auto chain = chains_.find(name);
    if (chain == chains_.end()) return Refuse(fmt::format("no chain {}", name));
    IptablesRuleReader reader(
        *ruleset_.family,
        [this](std::string_view to) { return IsOwn(to) ? std::optional(ChainNamed(to)) : std::nullopt; },
        [this](std::string_view context) { return ContextOf(context); });
    Rule rule{line_, {}};
    if (const auto why = reader.Read(text.substr(space + 1), rule)) return Refuse(*why);
    ruleset_.chains[chain->second].rules.push_back(std::move(rule));
    return true;
  }

  bool ReadJump(std::string_view text) {
    for (const BuiltIn& built_in : kBuiltIns) {
      const std::string start = fmt::format("{} 1 -j ", built_in.name);
      if (built_in.table != table_ || !text.starts_with(start)) continue;
      const std::string_view name = text.substr(start.size());
      const auto chain = chains_.find(name);
      if (chain == chains_.end()) return Refuse(fmt::format("no chain {}", name));
      std::optional<ChainId>& entry = ruleset_.entries[IndexOf(built_in.hook)];
      if (entry) return Refuse(fmt::format("two jumps from {}", built_in.name));
      entry = chain->second;
      return true;
    }
    return Refuse("not a jump of ours");
  }

  ContextId ContextOf(std::string_view context) {
    const auto [place, is_new] =
        contexts_.try_emplace(std::string(context), static_cast<ContextId>(ruleset_.contexts.size()));
    if (is_new) ruleset_.contexts.emplace_back(context);
    return place->second;
  }

  std::string_view text_;
  Ruleset ruleset_;
  unsigned line_ = 1;
  std::string_view table_;  // empty between tables
  std::size_t first_chain_ = 0;
  std::optional<Refusal> refusal_;
  std::unordered_map<std::string_view, bool> tables_;
  std::unordered_map<std::string_view, ChainId> chains_;  // of the table
  std::unordered_map<std::string, ContextId> contexts_;
};

}  // namespace

std::variant<Ruleset, Refusal> ReadIptables(std::string_view text, Family family) {
  return FileReader(text, family).Read();
}

}  // namespace appnet::verify::rules
