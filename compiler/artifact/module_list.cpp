#include "artifact/module_list.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

namespace appnet::artifact {
namespace {

using Modules = std::set<std::string>;

// Statements and expressions of nft that live in a module of their own.
const std::map<std::string, std::string, std::less<>> kNftWords = {
    {"ct", "nft_ct"},
    {"fib", "nft_fib_inet"},
    {"log", "nft_log"},
    {"secmark", "nft_objref"},
};

// Matches and targets of iptables whose module is not simply xt_NAME. Empty: part of the table modules.
const std::map<std::string, std::string, std::less<>> kXtNames = {
    {"tcp", "xt_tcpudp"}, {"udp", "xt_tcpudp"}, {"udplite", "xt_tcpudp"},    {"icmp", ""},
    {"icmp6", ""},        {"MARK", "xt_mark"},  {"CONNMARK", "xt_connmark"}, {"ACCEPT", ""},
    {"DROP", ""},         {"RETURN", ""},       {"NFLOG", "xt_NFLOG"},       {"LOG", "xt_LOG"},
};

bool IsBetweenWords(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == ';' || c == '{' || c == '}' || c == ',';
}

// Calls `word` for each word of the text, comments and quoted strings left out, with the word before it.
template <typename Visit>
void ForEachWord(std::string_view text, const Visit& visit) {
  std::string_view previous;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '#') {
      i = std::min(text.find('\n', i), text.size());
    } else if (c == '"') {
      i = std::min(text.find('"', i + 1), text.size() - 1) + 1;
    } else if (IsBetweenWords(c)) {
      ++i;
    } else {
      std::size_t end = i + 1;
      while (end < text.size() && text[end] != '"' && !IsBetweenWords(text[end])) ++end;
      const std::string_view word = text.substr(i, end - i);
      visit(previous, word);
      previous = word;
      i = end;
    }
  }
}

Modules NftModules(std::string_view rules) {
  Modules modules = {"nf_tables", "nf_conntrack"};
  ForEachWord(rules, [&](std::string_view, std::string_view word) {
    if (const auto it = kNftWords.find(word); it != kNftWords.end()) modules.insert(it->second);
  });
  return modules;
}

std::optional<std::string> XtModule(std::string_view option, std::string_view name) {
  if (option == "-p" && (name == "tcp" || name == "udp")) return "xt_tcpudp";
  if (option != "-m" && option != "-j") return std::nullopt;
  if (name.starts_with("appnet-")) return std::nullopt;
  const auto it = kXtNames.find(name);
  const std::string module = it == kXtNames.end() ? "xt_" + std::string(name) : it->second;
  return module.empty() ? std::nullopt : std::optional(module);
}

void AddIptablesModules(Modules& modules, std::string_view rules, const std::string& prefix) {
  if (rules.empty()) return;
  modules.insert(prefix + "_tables");
  modules.insert("nf_conntrack");
  std::set<std::pair<std::string_view, std::string_view>> seen;  // few, each a hundred thousand times
  ForEachWord(rules, [&](std::string_view option, std::string_view word) {
    if (word.starts_with('*')) modules.insert(prefix + "table_" + std::string(word.substr(1)));
    const bool names_module = option == "-m" || option == "-j" || option == "-p";
    if (!names_module || word.starts_with("appnet-") || !seen.emplace(option, word).second) return;
    if (const auto module = XtModule(option, word)) modules.insert(*module);
    if (option == "-m" && word == "set") modules.insert("ip_set");
  });
}

std::string Section(std::string_view backend, const Modules& modules) {
  std::string text = "# backend " + std::string(backend) + "\n";
  for (const std::string& module : modules) text += module + "\n";
  return text;
}

}  // namespace

std::string ModuleList(std::string_view nft_rules, std::string_view iptables_rules_v4,
                       std::string_view iptables_rules_v6) {
  std::string text =
      "# Kernel modules that the packet rules need, for machines that load none by themselves.\n";
  if (!nft_rules.empty()) text += Section("nft", NftModules(nft_rules));
  Modules modules;
  AddIptablesModules(modules, iptables_rules_v4, "ip");
  AddIptablesModules(modules, iptables_rules_v6, "ip6");
  if (!modules.empty()) text += Section("iptables", modules);
  return text;
}

}  // namespace appnet::artifact
