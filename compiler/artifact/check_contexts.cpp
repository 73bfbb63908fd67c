#include "artifact/check_contexts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace appnet::artifact {
namespace {

using Contexts = std::set<std::string, std::less<>>;

// The word behind each `before`, up to one of `ends`.
void AddWordsBehind(std::string_view text, std::string_view before, std::string_view ends,
                    Contexts& contexts) {
  for (std::size_t at = 0; (at = text.find(before, at)) != std::string_view::npos;) {
    at += before.size();
    const std::size_t end = std::min(text.find_first_of(ends, at), text.size());
    contexts.emplace(text.substr(at, end - at));
  }
}

}  // namespace

std::vector<std::string> CheckContexts(const ManifestContents& manifest,
                                       const std::vector<base::OutputFile>& files) {
  const std::string& name = manifest.policy.name;
  Contexts named;
  for (const ir::Label& label : manifest.policy.labels) named.insert(label.context);
  std::vector<std::string> problems;
  const auto check = [&](const std::string& what, const Contexts& contexts) {
    for (const std::string& context : contexts) {
      if (!named.contains(context))
        problems.push_back(
            fmt::format("{} puts `{}` on packets, which manifest.json does not name", what, context));
    }
    for (const ir::Label& label : manifest.policy.labels) {
      if (label.own && !contexts.contains(label.context))
        problems.push_back(fmt::format("{} puts `{}` on no packet", what, label.context));
    }
  };
  for (const std::string& backend : manifest.backends) {
    Contexts contexts;
    for (const base::OutputFile& file : files) {
      if (backend == "nft" && file.name == name + ".nft")
        AddWordsBehind(file.bytes, " {\n\t\t\"", "\"\n", contexts);
      if (backend == "iptables" && (file.name == name + ".rules.v4" || file.name == name + ".rules.v6"))
        AddWordsBehind(file.bytes, "--selctx ", " \n", contexts);
    }
    check(backend == "nft" ? name + ".nft" : name + ".rules.*", contexts);
  }
  return problems;
}

}  // namespace appnet::artifact
