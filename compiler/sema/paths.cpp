#include "sema/paths.h"

#include <filesystem>

namespace appnet::sema {

std::string FolderOf(std::string_view path) {
  return std::filesystem::path(path).parent_path().generic_string();
}

std::string JoinPath(std::string_view folder, std::string_view path) {
  return (std::filesystem::path(folder) / std::filesystem::path(path)).lexically_normal().generic_string();
}

}  // namespace appnet::sema
