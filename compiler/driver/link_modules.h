#pragma once
// Contract: the base policy with the modules of --module linked into it. Everything after it sees one policy;
// what a manifest says of the base policy is said of the one without modules. Errors: a module that can't be
// read, is damaged, or doesn't link, in libsepol's words.

#include <optional>
#include <string>
#include <vector>

#include "artifact/pack.h"
#include "base/file_system.h"
#include "base/result.h"
#include "sepolicy/link.h"
#include "sepolicy/policy.h"

namespace appnet::driver {

struct LinkedBase {
  sepolicy::Policy policy;                 // with the modules
  std::string sha256;                      // of the base policy alone
  unsigned version = 0;                    // likewise
  std::vector<sepolicy::CilText> modules;  // sorted by file name and digest
  std::vector<artifact::Source> digests;   // likewise
  std::optional<sepolicy::Linker> linker;  // where something may yet be linked: with modules or `link`
};

base::Result<LinkedBase> LinkModules(sepolicy::Policy base, const std::vector<std::string>& paths, bool link,
                                     const base::FileSystem& files);

}  // namespace appnet::driver
