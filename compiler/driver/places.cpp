#include "driver/places.h"

#include <filesystem>

namespace appnet::driver {

std::string LibraryFolder(const base::FileSystem& files) {
  const base::Result<std::string> program = files.RealPath("/proc/self/exe");
  if (!program) return {};
  const std::filesystem::path folder = std::filesystem::path(program.value()).parent_path();
  for (const char* candidate : {"../share/appnet", "../stdlib", "../../stdlib"}) {
    std::string place = (folder / candidate).lexically_normal().string();
    if (files.IsDirectory(place + "/std")) return place;
  }
  return {};
}

Places::Places(const sema::Program& program, const std::string& library) {
  std::filesystem::path root;
  for (std::size_t i = 0; i < program.files.size(); ++i) {
    if (program.files[i] == program.name_span.file)
      root = std::filesystem::path(program.real_paths[i]).parent_path();
  }
  for (std::size_t i = 0; i < program.files.size(); ++i) {
    const std::filesystem::path place = program.real_paths[i];
    const std::filesystem::path in_library = place.lexically_relative(library);
    const bool standard = !library.empty() && !in_library.empty() && *in_library.begin() != "..";
    names_[program.files[i]] = standard ? in_library.string() : place.lexically_relative(root).string();
  }
}

}  // namespace appnet::driver
