#include "artifact/installer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "artifact/module_list.h"
#include "artifact/runtime_text.h"

namespace appnet::artifact {
namespace {

std::string_view TextOf(const std::vector<base::OutputFile>& files, const std::string& name) {
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

std::vector<std::string> BackendsOf(const std::string& name, const std::vector<base::OutputFile>& files) {
  std::vector<std::string> backends;
  if (!TextOf(files, name + ".nft").empty()) backends.emplace_back("nft");
  if (!TextOf(files, name + ".rules.v4").empty() && !TextOf(files, name + ".rules.v6").empty())
    backends.emplace_back("iptables");
  return backends;
}

std::vector<base::OutputFile> InstallerFiles(const std::string& name,
                                             const std::vector<base::OutputFile>& files) {
  const std::string backends = fmt::format("{}", fmt::join(BackendsOf(name, files), " "));
  std::vector<base::OutputFile> made;
  made.push_back(
      {"modules-load.conf", ModuleList(TextOf(files, name + ".nft"), TextOf(files, name + ".rules.v4"),
                                       TextOf(files, name + ".rules.v6"))});
  for (const RuntimeText& runtime : RuntimeTexts()) {
    std::string text = Replaced(Replaced(runtime.text, "@NAME@", name), "@BACKENDS@", backends);
    made.push_back({std::string(runtime.name), std::move(text), IsProgram(runtime.text)});
  }
  return made;
}

}  // namespace appnet::artifact
