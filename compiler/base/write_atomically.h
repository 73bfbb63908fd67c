#pragma once
// Contract: files and folders that appear whole or not at all: built under a temporary name in the same
// folder, flushed to the disk, renamed. Whatever fails, the temporary goes and what was there stays. See
// file_system.h for interruption.

#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"

namespace appnet::base {

Status WriteFileAtomically(const std::string& path, std::string_view bytes);
Status WriteFolderAtomically(const std::string& path, const std::vector<FileSystem::Entry>& entries);

}  // namespace appnet::base
