#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "oracle/iptables_parse.h"
#include "oracle/iptables_rules.h"
#include "oracle/iptables_words.h"

namespace appnet::oracle::iptables {
namespace {

constexpr std::size_t kMaxChainName = 28;
constexpr unsigned kMaxDepth = 15;

const std::set<std::string>& BuiltIn(const std::string& table) {
  static const std::map<std::string, std::set<std::string>> kChains = {
      {"mangle", {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"}},
      {"security", {"INPUT", "FORWARD", "OUTPUT"}}};
  const auto found = kChains.find(table);
  if (found == kChains.end()) throw ParseError("unexpected table: " + table);
  return found->second;
}

class Loader {
 public:
  Loader(base::Family family, Tables& tables) : family_(family), tables_(tables) {}

  void LoadLine(std::string_view line) {
    ++line_;
    if (line.empty() || line.front() == '#') return;
    if (line.front() == '*') {
      if (table_ != nullptr) Refuse("table within a table");
      name_ = std::string(line.substr(1));
      working_ = tables_[name_];
      for (const std::string& chain : BuiltIn(name_)) working_[chain].built_in = true;
      table_ = &working_;
      return;
    }
    if (table_ == nullptr) Refuse("outside of a table");
    if (line == "COMMIT") {
      CheckTable();
      tables_[name_] = std::exchange(working_, {});
      table_ = nullptr;
    } else if (line.front() == ':') {
      Declare(Words(line.substr(1)));
    } else {
      Command(Words(line));
    }
  }

  void Finish() const {
    if (table_ != nullptr) throw ParseError("no COMMIT at the end");
  }

  unsigned line() const { return line_; }

 private:
  [[noreturn]] static void Refuse(const std::string& what) { throw ParseError(what); }

  void Declare(const std::vector<std::string>& words) {
    if (words.size() < 2 || words.size() > 3) Refuse("chain declaration");
    const std::string& name = words[0];
    if (table_->contains(name) && table_->at(name).built_in)
      Refuse("declares a built-in chain, whose policy is not ours: " + name);
    if (words[1] != "-") Refuse("policy of an own chain");
    if (name.size() > kMaxChainName || name.empty()) Refuse("chain name too long: " + name);
    if (std::string_view("-!").find(name.front()) != std::string_view::npos) Refuse("chain name: " + name);
    (*table_)[name] = {};  // an existing own chain is emptied
  }

  Chain& ChainNamed(const std::string& name) {
    const auto chain = table_->find(name);
    if (chain == table_->end()) Refuse("no chain " + name);
    return chain->second;
  }

  static std::string Join(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
  }

  void Command(const std::vector<std::string>& words) {
    if (words.size() < 2) Refuse("command");
    Chain& chain = ChainNamed(words[1]);
    if (words[0] == "-F") {
      if (words.size() != 2 || chain.built_in) Refuse("-F");
      chain.rules.clear();
      return;
    }
    std::size_t first = 2;
    if (words[0] == "-I" && words.size() > 2 && words[2] == "1") first = 3;
    const std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
    Rule rule = ParseRule(rest, family_);
    rule.line = line_;
    rule.text = Join(rest);
    if (chain.built_in) CheckBuiltIn(words[1], rest);
    if (words[0] == "-A") {
      chain.rules.push_back(std::move(rule));
    } else if (words[0] == "-I") {
      chain.rules.insert(chain.rules.begin(), std::move(rule));
    } else if (words[0] == "-D") {
      const auto same = std::find_if(chain.rules.begin(), chain.rules.end(),
                                     [&](const Rule& r) { return r.text == rule.text; });
      if (same == chain.rules.end()) Refuse("no such rule to delete");
      chain.rules.erase(same);
    } else {
      Refuse("unknown command " + words[0]);
    }
  }

  // The tools refuse -i and -o where the hook has no such interface.
  static void CheckBuiltIn(const std::string& chain, const std::vector<std::string>& words) {
    const bool no_in = chain == "OUTPUT" || chain == "POSTROUTING";
    const bool no_out = chain == "INPUT" || chain == "PREROUTING";
    for (const std::string& word : words) {
      if ((no_in && word == "-i") || (no_out && word == "-o")) Refuse(word + " in " + chain);
    }
  }

  void CheckTable() const {
    for (const auto& [name, chain] : *table_) {
      for (const Rule& rule : chain.rules) {
        const bool jumps = rule.target.kind == Target::Kind::kJump || rule.target.kind == Target::Kind::kGoto;
        if (!jumps) continue;
        const auto target = table_->find(rule.target.chain);
        if (target == table_->end()) Refuse("no chain " + rule.target.chain);
        if (target->second.built_in) Refuse("jump to built-in " + rule.target.chain);
      }
    }
    std::map<std::string, unsigned> depths;
    for (const auto& [name, chain] : *table_) {
      // iptables-nft's kernel side refuses deeper stacks; it counts a -g like a -j
      if (DepthBelow(name, depths) > kMaxDepth && chain.built_in)
        Refuse("chains nest too deep below " + name);
    }
  }

  // Chains on the longest way down, this one not counted.
  unsigned DepthBelow(const std::string& name, std::map<std::string, unsigned>& depths) const {
    constexpr unsigned kOnPath = ~0U;
    const auto [known, fresh] = depths.emplace(name, kOnPath);
    if (!fresh && known->second == kOnPath) Refuse("loop through " + name);
    if (!fresh) return known->second;
    unsigned depth = 0;
    for (const Rule& rule : table_->at(name).rules) {
      if (!rule.target.chain.empty()) depth = std::max(depth, DepthBelow(rule.target.chain, depths) + 1);
    }
    return depths[name] = depth;
  }

  base::Family family_;
  Tables& tables_;
  Table working_;
  Table* table_ = nullptr;
  std::string name_;
  unsigned line_ = 0;
};

}  // namespace

base::Status Load(std::string_view text, base::Family family, Tables& tables) {
  Loader loader(family, tables);
  try {
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      if (end == std::string_view::npos) throw ParseError("no newline at the end");
      loader.LoadLine(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    loader.Finish();
    return base::Done{};
  } catch (const std::exception& error) {
    return base::Error{fmt::format("line {}: {}", loader.line(), error.what())};
  }
}

}  // namespace appnet::oracle::iptables
