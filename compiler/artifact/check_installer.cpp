#include "artifact/check_installer.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "artifact/installer.h"
#include "artifact/sums.h"

namespace appnet::artifact {

std::vector<std::string> CheckInstaller(const std::string& name, const std::vector<base::OutputFile>& files,
                                        bool modes) {
  std::vector<std::string> problems;
  std::set<std::string> others{std::string(kSumsName), "manifest.json"};
  for (const std::string_view part : {".cil", ".flows", ".nft", ".rules.v4", ".rules.v6"})
    others.insert(name + std::string(part));
  const std::vector<base::OutputFile> due = InstallerFiles(name, files);
  for (const base::OutputFile& made : due) {
    const auto file = std::ranges::find(files, made.name, &base::OutputFile::name);
    if (file == files.end()) {
      problems.push_back(made.name + " is missing");
    } else if (file->bytes != made.bytes) {
      problems.push_back(made.name + " is not what this version of appnetc puts into an artifact");
    }
  }
  for (const base::OutputFile& file : files) {
    const auto made = std::ranges::find(due, file.name, &base::OutputFile::name);
    if (made == due.end() && !others.contains(file.name)) {
      problems.push_back(file.name + " is no file of an artifact");
    } else if (modes && file.executable != (made != due.end() && made->executable)) {
      problems.push_back(file.name +
                         (file.executable ? " is a program, and must be none" : " must be a program"));
    }
  }
  return problems;
}

}  // namespace appnet::artifact
