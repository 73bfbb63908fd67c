#pragma once
// Contract: where the standard library is, and how source files are called in the artifact: relative to the
// folder of the file that holds the `policy` statement (library files: relative to the library's folder), so
// that the artifact is the same wherever the tree stands and however its files were named on the command
// line.

#include <map>
#include <string>

#include "base/file_system.h"
#include "sema/program.h"

namespace appnet::driver {

// The folder that holds std/: beside the installed program (../share/appnet) or in the source tree the
// program was built in; empty when there is none.
std::string LibraryFolder(const base::FileSystem& files);

class Places {
 public:
  Places(const sema::Program& program, const std::string& library);
  const std::map<source::FileId, std::string>& names() const { return names_; }

 private:
  std::map<source::FileId, std::string> names_;
};

}  // namespace appnet::driver
