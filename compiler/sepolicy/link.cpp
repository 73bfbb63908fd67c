#include "sepolicy/link.h"

#include <fmt/format.h>

#include <algorithm>

#include "sepolicy/cil_compiler.h"
#include "sepolicy/own_module.h"

namespace appnet::sepolicy {
namespace {

// What modules converted from packages, and many written by hand, use to say that they require a name. The
// store's base module declares both; a binary policy has lost them, because no rule uses them.
constexpr std::string_view kRequireType = "(typeattribute cil_gen_require)";
constexpr std::string_view kRequireRole = "(roleattribute cil_gen_require)";

bool Says(const std::vector<CilText>& texts, std::string_view what) {
  return std::ranges::any_of(texts,
                             [&](const CilText& text) { return text.text.find(what) != std::string::npos; });
}

}  // namespace

base::Result<Linker> Linker::On(const Policy& base) {
  base::Result<std::string> cil = PolicyToCil(base.image());
  if (!cil) return cil.error();
  Linker linker;
  linker.base_ = {fmt::format("policy `{}`", base.name()), WithoutOwnModule(cil.value())};
  linker.mls_ = base.mls();
  return linker;
}

base::Result<Linked> Linker::Link(const std::vector<CilText>& modules) const {
  std::vector<CilText> texts{base_};
  texts.insert(texts.end(), modules.begin(), modules.end());
  std::string declarations;
  for (const std::string_view declaration : {kRequireType, kRequireRole}) {
    if (Says(modules, "cil_gen_require") && !Says(texts, declaration)) declarations += declaration;
  }
  if (!declarations.empty()) texts.push_back({"cil_gen_require", declarations});
  return CompileCilPastNeverallow(texts, mls_);
}

}  // namespace appnet::sepolicy
