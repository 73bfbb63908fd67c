#include "driver/link_modules.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/digest.h"

namespace appnet::driver {
namespace {

struct Module {
  artifact::Source source;
  sepolicy::CilText text;
};

base::Result<std::vector<Module>> ReadModules(const std::vector<std::string>& paths,
                                              const base::FileSystem& files) {
  std::vector<Module> modules;
  for (const std::string& path : paths) {
    const base::Result<std::string> bytes = files.Read(path);
    if (!bytes) return bytes.error();
    base::Result<sepolicy::CilText> text = sepolicy::ReadModule(path, bytes.value());
    if (!text) return text.error();
    modules.push_back(
        {{path.substr(path.rfind('/') + 1), base::Sha256(bytes.value())}, std::move(text).value()});
  }
  // The order of the command line means nothing to CIL; the same modules give the same policy.
  std::ranges::sort(modules, {},
                    [](const Module& module) { return std::tie(module.source.name, module.source.sha256); });
  return modules;
}

}  // namespace

base::Result<LinkedBase> LinkModules(sepolicy::Policy base, const std::vector<std::string>& paths, bool link,
                                     const base::FileSystem& files) {
  base::Result<std::vector<Module>> modules = ReadModules(paths, files);
  if (!modules) return modules.error();
  LinkedBase linked{std::move(base), {}, 0, {}, {}, {}};
  linked.sha256 = linked.policy.sha256();
  linked.version = linked.policy.version();
  for (Module& module : modules.value()) {
    linked.modules.push_back(std::move(module.text));
    linked.digests.push_back(std::move(module.source));
  }
  if (paths.empty() && !link) return linked;
  base::Result<sepolicy::Linker> linker = sepolicy::Linker::On(linked.policy);
  if (!linker) return linker.error();
  linked.linker = std::move(linker).value();
  if (paths.empty()) return linked;
  const std::string name = linked.policy.name();
  base::Result<sepolicy::Linked> image = linked.linker->Link(linked.modules);
  if (!image)
    return base::Error{
        fmt::format("--module: linking with the policy `{}`: {}", name, image.error().message)};
  base::Result<sepolicy::Policy> policy = sepolicy::Policy::Read(image.value().image, name);
  if (!policy) return policy.error();
  linked.policy = std::move(policy).value();
  return linked;
}

}  // namespace appnet::driver
