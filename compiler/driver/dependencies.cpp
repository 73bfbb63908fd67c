#include "driver/dependencies.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "driver/find_policy.h"

namespace appnet::driver {
namespace {

// The signs that both programs take for a part of a name, some of them after a backslash: ninja's list (its
// depfile_parser.in.cc) without those that mean something else to make.
bool IsPlain(const std::string& path) {
  const auto is_plain = [](char c) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return word || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view(" #$:+,/_.~()}{@!-").find(c) != std::string_view::npos;
  };
  return std::ranges::all_of(path, is_plain) && !path.starts_with('~');
}

base::Result<std::string> Escaped(const std::string& path) {
  if (!IsPlain(path))
    return base::Error{fmt::format(
        "cannot name `{}` in a file of dependencies: make or ninja would not take it for a file", path)};
  std::string out;
  for (const char c : path) {
    if (c == ' ' || c == '#' || c == ':') out += '\\';
    if (c == '$') out += '$';
    out += c;
  }
  return out;
}

// All files that the artifact was made from, sorted, by names that lead to them from here.
base::Result<std::vector<std::string>> InputsOf(const sema::Program& program, const Options& options,
                                                const source::SourceMap& sources,
                                                const base::FileSystem& files) {
  std::vector<std::string> inputs = options.modules;
  for (std::size_t i = 0; i < program.files.size(); ++i) {
    // What messages call a file of the standard library leads nowhere.
    const std::string& shown = sources.Name(program.files[i]);
    const base::Result<std::string> place = files.RealPath(shown);
    inputs.push_back(place && place.value() == program.real_paths[i] ? shown : program.real_paths[i]);
  }
  const base::Result<PolicyPlace> policy = FindPolicyPlace(options.policy, files);
  if (!policy) return policy.error();
  if (!policy.value().path.empty()) inputs.push_back(policy.value().path);
  std::ranges::sort(inputs);
  inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
  return inputs;
}

std::string WithoutSlash(const std::string& path) { return path.substr(0, path.find_last_not_of('/') + 1); }

}  // namespace

std::string DependenciesPath(const std::string& artifact, const Options& options) {
  return options.dependencies_file.empty() ? WithoutSlash(artifact) + ".d" : options.dependencies_file;
}

base::Result<std::string> DependenciesOf(const std::string& artifact, const sema::Program& program,
                                         const Options& options, const source::SourceMap& sources,
                                         const base::FileSystem& files) {
  if (!options.dependencies) return std::string();
  const base::Result<std::vector<std::string>> inputs = InputsOf(program, options, sources, files);
  if (!inputs) return inputs.error();
  const base::Result<std::string> target = Escaped(WithoutSlash(artifact));
  if (!target) return target.error();
  std::string rule = target.value() + ":";
  std::string alone;
  for (const std::string& input : inputs.value()) {
    const base::Result<std::string> escaped = Escaped(input);
    if (!escaped) return escaped.error();
    rule += " \\\n  " + escaped.value();
    alone += "\n" + escaped.value() + ":\n";
  }
  return rule + "\n" + alone;
}

}  // namespace appnet::driver
