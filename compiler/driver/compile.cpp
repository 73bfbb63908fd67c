#include "driver/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "analysis/analyze.h"
#include "backend/cil/emit.h"
#include "backend/iptables/emit.h"
#include "backend/nftables/emit.h"
#include "base/digest.h"
#include "driver/limits.h"
#include "driver/places.h"
#include "driver/read_back.h"
#include "lower/lower.h"
#include "parse/parse.h"
#include "query/prove.h"
#include "sema/check.h"

namespace appnet::driver {
namespace {

// The root files in an order that does not depend on the command line's.
base::Result<std::vector<ast::File>> ReadRoots(const Options& options, const base::FileSystem& files,
                                               source::SourceMap& sources, diag::Emitter& emitter) {
  std::vector<std::pair<std::string, std::string>> roots;  // real place, as given
  for (const std::string& file : options.files) {
    base::Result<std::string> place = files.RealPath(file);
    if (!place) return place.error();
    roots.emplace_back(std::move(place).value(), file);
  }
  std::sort(roots.begin(), roots.end());
  const auto same_place = [](const auto& a, const auto& b) { return a.first == b.first; };
  roots.erase(std::unique(roots.begin(), roots.end(), same_place), roots.end());
  std::vector<ast::File> trees;
  for (const auto& [place, file] : roots) {
    base::Result<std::string> text = files.Read(file);
    if (!text) return text.error();
    trees.push_back(parse::Parse(sources, sources.Add(file, std::move(text).value()), emitter));
  }
  return trees;
}

}  // namespace

base::Result<std::optional<Compiled>> Compile(const Options& options, const std::string& as_of,
                                              const sepolicy::Policy& base, const base::FileSystem& files,
                                              source::SourceMap& sources, diag::Emitter& emitter) {
  std::optional<Compiled> nothing;
  const base::Result<std::vector<ast::File>> roots = ReadRoots(options, files, sources, emitter);
  if (!roots) return roots.error();

  const std::string library = LibraryFolder(files);
  std::optional<sema::Program> program =
      sema::Check(roots.value(), sources, files, base, {options.import_path, library, as_of}, emitter);
  if (!program || emitter.HasErrors()) return nothing;

  const Places places(*program, library);
  lower::Options lowering;
  lowering.budget = options.budget;
  lowering.loaders = options.loaders;
  lowering.file_names = places.names();
  std::optional<ir::Policy> policy = lower::Lower(*program, base, sources, lowering, emitter);
  if (!policy) return nothing;
  analysis::Analyze(*program, base, emitter);
  if (const base::Status proved = query::ProveAssertions(*program, *policy, base, emitter); !proved)
    return proved.error();
  ReportLimits(*program, *policy, options, emitter);
  if (emitter.HasErrors()) return nothing;

  Compiled compiled{std::move(*program), std::move(*policy), {}, {}};
  compiled.parts.push_back(backend::cil::Emit(compiled.policy));
  if (options.nft) compiled.parts.push_back(backend::nftables::Emit(compiled.policy));
  if (options.iptables)
    std::ranges::move(backend::iptables::Emit(compiled.policy), std::back_inserter(compiled.parts));
  ReadBack(compiled.policy, compiled.parts);
  for (const source::FileId file : compiled.program.files) {
    compiled.sources.push_back({places.names().at(file), base::Sha256(sources.Text(file))});
  }
  std::ranges::sort(compiled.sources, {}, &artifact::Source::name);
  return std::optional<Compiled>(std::move(compiled));
}

}  // namespace appnet::driver
