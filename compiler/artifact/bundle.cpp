#include <algorithm>
#include <string_view>

#include "artifact/manifest.h"
#include "artifact/module_list.h"
#include "artifact/pack.h"
#include "artifact/runtime_text.h"
#include "artifact/sums.h"

namespace appnet::artifact {
namespace {

using Files = std::vector<base::OutputFile>;

std::string_view TextOf(const Files& files, const std::string& name) {
  const auto it = std::ranges::find(files, name, &base::OutputFile::name);
  return it == files.end() ? std::string_view() : std::string_view(it->bytes);
}

std::string Replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  for (std::size_t at = 0; (at = text.find(from)) != std::string_view::npos;) {
    result.append(text.substr(0, at)).append(to);
    text.remove_prefix(at + from.size());
  }
  return result.append(text);
}

bool IsProgram(std::string_view text) { return text.starts_with("#!"); }

}  // namespace

std::vector<base::OutputFile> Bundle(const ir::Policy& policy, std::vector<base::OutputFile> parts,
                                     const Inputs& inputs) {
  const std::string& name = policy.name;
  const std::string_view nft = TextOf(parts, name + ".nft");
  const std::string_view rules_v4 = TextOf(parts, name + ".rules.v4");
  const std::string_view rules_v6 = TextOf(parts, name + ".rules.v6");
  APPNET_CHECK(rules_v4.empty() == rules_v6.empty(), "iptables rules for one family only");
  std::vector<std::string> backends;
  if (!nft.empty()) backends.emplace_back("nft");
  if (!rules_v4.empty()) backends.emplace_back("iptables");
  std::string backend_words;
  for (const std::string& backend : backends) backend_words += (backend_words.empty() ? "" : " ") + backend;

  std::string modules = ModuleList(nft, rules_v4, rules_v6);
  Files files = std::move(parts);
  files.push_back({"modules-load.conf", std::move(modules)});
  for (const RuntimeText& runtime : RuntimeTexts()) {
    std::string text = Replaced(Replaced(runtime.text, "@NAME@", name), "@BACKENDS@", backend_words);
    files.push_back({std::string(runtime.name), std::move(text), IsProgram(runtime.text)});
  }
  std::ranges::sort(files, {}, &base::OutputFile::name);
  files.push_back({"manifest.json", Manifest(policy, files, inputs, backends)});
  std::ranges::sort(files, {}, &base::OutputFile::name);
  files.push_back({std::string(kSumsName), Sums(files)});
  std::ranges::sort(files, {}, &base::OutputFile::name);
  return files;
}

}  // namespace appnet::artifact
