#pragma once
// Contract: paths as text. Opens nothing.

#include <string>
#include <string_view>

namespace appnet::sema {

// "a/b" of "a/b/c", "" of "c", "/" of "/c".
std::string FolderOf(std::string_view path);
// `path` below `folder`, without "." and needless ".."; an absolute path stays itself.
std::string JoinPath(std::string_view folder, std::string_view path);

}  // namespace appnet::sema
