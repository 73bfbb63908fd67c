#include <fmt/format.h>

#include <algorithm>

#include "sepolicy/link.h"
#include "sepolicy/own_module.h"
#include "sepolicy/package_to_cil.h"

namespace appnet::sepolicy {
namespace {

// What the bytes are when they are no module, and what to do about it; empty when they may be one.
std::string_view WhatElse(const std::string& name, const std::string& bytes) {
  if (bytes.empty()) return "the file is empty";
  if (bytes.starts_with("BZh")) return "it is compressed; unpack it with bunzip2 first";
  if (bytes.starts_with("\x8d\xff\x7c\xf9"))
    return "it is a module without a package; make one with semodule_package -m FILE -o NAME.pp";
  if (bytes.starts_with("\x8c\xff\x7c\xf9")) return "it is the policy of a system; give that with --policy";
  if (name.ends_with(".te") || name.ends_with(".if") || name.ends_with(".fc"))
    return "it is a module's source; compile it to a package with checkmodule and semodule_package";
  const bool text = std::ranges::all_of(
      bytes, [](unsigned char byte) { return byte >= 0x20 || byte == '\n' || byte == '\t' || byte == '\r'; });
  if (!text) return "it is neither CIL text nor a policy package";
  return {};
}

}  // namespace

base::Result<CilText> ReadModule(const std::string& name, const std::string& bytes) {
  if (bytes.starts_with("\x8f\xff\x7c\xf9")) {
    base::Result<std::string> cil = PackageToCil(bytes);
    if (!cil) return base::Error{fmt::format("the module `{}`: {}", name, cil.error().message)};
    return CilText{name, std::move(cil).value()};
  }
  if (const std::string_view other = WhatElse(name, bytes); !other.empty())
    return base::Error{fmt::format("`{}` is no SELinux module: {}", name, other)};
  if (IsOwnModule(bytes))
    return base::Error{fmt::format(
        "`{}` is a module that appnetc made; give the modules of applications only: the one of an earlier "
        "build is left out where the base policy has it",
        name)};
  return CilText{name, bytes};
}

}  // namespace appnet::sepolicy
