// make_artifact OUT NAME FILE...: the artifact that `appnetc build` would make of a policy NAME whose
// generated parts are FILEs, each named NAME.cil, NAME.nft and so on.
#include <cstdio>
#include <fstream>
#include <iterator>

#include "artifact/pack.h"
#include "unit/artifact/sample_policy.h"

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  appnet::ir::Policy policy = appnet::artifact::SamplePolicy();
  policy.name = argv[2];
  std::vector<appnet::base::OutputFile> parts;
  for (int i = 3; i < argc; ++i) {
    const std::string path = argv[i];
    std::ifstream in(path, std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "cannot read %s\n", path.c_str());
      return 3;
    }
    parts.push_back({path.substr(path.rfind('/') + 1),
                     std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()),
                     false});
  }
  const auto files = appnet::artifact::Bundle(policy, parts, appnet::artifact::SampleInputs());
  const auto tar = appnet::artifact::Archive(policy.name, files, 0);
  if (!tar) {
    std::fprintf(stderr, "%s\n", tar.error().message.c_str());
    return 3;
  }
  std::ofstream out(argv[1], std::ios::binary);
  out << tar.value();
  return out ? 0 : 3;
}
