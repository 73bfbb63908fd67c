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

void Tell(const OnStep& on_step, std::string_view what) {
  if (on_step) on_step(what);
}

}  // namespace

base::Result<std::optional<Understood>> Understand(const Options& options, const std::string& as_of,
                                                   const sepolicy::Policy& base,
                                                   const base::FileSystem& files, source::SourceMap& sources,
                                                   diag::Emitter& emitter, const OnStep& on_step) {
  std::optional<Understood> nothing;
  Tell(on_step, "reading the policy");
  const base::Result<std::vector<ast::File>> roots = ReadRoots(options, files, sources, emitter);
  if (!roots) return roots.error();
  sema::Options checking;
  checking.import_path = options.import_path;
  checking.library_path = LibraryFolder(files);
  checking.as_of = as_of;
  std::optional<ast::Question> question;
  if (options.command == Command::kQuery) {
    question = parse::ParseQuestion(sources, sources.AddSentence(kSentence, options.sentence), emitter);
    if (question) checking.question = &*question;
  }
  Tell(on_step, "checking what it means");
  std::optional<sema::Program> program = sema::Check(roots.value(), sources, files, base, checking, emitter);
  if (!program || emitter.HasErrors()) return nothing;

  lower::Options lowering;
  lowering.budget = options.budget;
  lowering.loaders = options.loaders;
  lowering.file_names = Places(*program, checking.library_path).names();
  Tell(on_step, "cutting the flow space");
  std::optional<ir::Policy> policy = lower::Lower(*program, base, sources, lowering, emitter);
  if (!policy || emitter.HasErrors()) return nothing;
  return std::optional<Understood>(Understood{std::move(*program), std::move(*policy)});
}

base::Result<std::optional<Compiled>> Compile(const Options& options, const std::string& as_of,
                                              const sepolicy::Policy& base, const base::FileSystem& files,
                                              source::SourceMap& sources, diag::Emitter& emitter,
                                              const OnStep& on_step) {
  std::optional<Compiled> nothing;
  base::Result<std::optional<Understood>> understood =
      Understand(options, as_of, base, files, sources, emitter, on_step);
  if (!understood) return understood.error();
  if (!understood.value()) return nothing;
  Compiled compiled{
      std::move(understood.value()->program), std::move(understood.value()->policy), {}, {}, {}};
  Tell(on_step, "comparing it with the base policy");
  analysis::Analyze(compiled.program, base, emitter);
  base::Result<analysis::WaysAround> ways = analysis::FindWaysAround(compiled.program, base);
  if (!ways) return ways.error();
  compiled.ways_around = std::move(ways).value();
  Tell(on_step, "proving assertions");
  const base::Status proved = query::ProveAssertions(compiled.program, compiled.policy, base, emitter);
  if (!proved) return proved.error();
  ReportLimits(compiled.program, compiled.policy, options, emitter);
  if (emitter.Refuses()) return nothing;

  Tell(on_step, "writing module and rules");
  compiled.parts.push_back(backend::cil::Emit(compiled.policy));
  if (options.nft) compiled.parts.push_back(backend::nftables::Emit(compiled.policy));
  if (options.iptables)
    std::ranges::move(backend::iptables::Emit(compiled.policy), std::back_inserter(compiled.parts));
  Tell(on_step, "reading them back");
  ReadBack(compiled.policy, compiled.parts);
  const Places places(compiled.program, LibraryFolder(files));
  for (const source::FileId file : compiled.program.files) {
    compiled.sources.push_back({places.names().at(file), base::Sha256(sources.Text(file))});
  }
  std::ranges::sort(compiled.sources, {}, &artifact::Source::name);
  return std::optional<Compiled>(std::move(compiled));
}

}  // namespace appnet::driver
