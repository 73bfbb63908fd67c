#include "driver/places.h"

#include <filesystem>

namespace appnet::driver {

std::string LibraryFolder(const base::FileSystem& files) {
  const base::Result<std::string> program = files.RealPath("/proc/self/exe");
  if (!program) return {};
  const std::filesystem::path folder = std::filesystem::path(program.value()).parent_path();
  for (const char* candidate : {"../share/appnet", "../stdlib", "../../stdlib"}) {
    const std::string place = (folder / candidate).lexically_normal().string();
    if (files.IsDirectory(place + "/std")) return place;
  }
  return {};
}

Places::Places(const sema::Program& program, const source::SourceMap& sources, const base::FileSystem& files,
               const std::string& library) {
  const auto real = [&](source::FileId file) {
    const base::Result<std::string> place = files.RealPath(sources.Name(file));
    return std::filesystem::path(place ? place.value() : sources.Name(file));
  };
  const std::filesystem::path root = real(program.name_span.file).parent_path();
  for (const source::FileId file : program.files) {
    const std::filesystem::path place = real(file);
    const std::filesystem::path in_library = place.lexically_relative(library);
    const bool standard = !library.empty() && !in_library.empty() && *in_library.begin() != "..";
    names_[file] = standard ? in_library.string() : place.lexically_relative(root).string();
  }
}

}  // namespace appnet::driver
