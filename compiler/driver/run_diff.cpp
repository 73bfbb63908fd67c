#include "driver/run_diff.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "diag/visible_text.h"
#include "driver/check_artifact.h"
#include "driver/check_requirements.h"
#include "driver/compile.h"
#include "driver/print.h"
#include "driver/run.h"
#include "query/changes.h"

namespace appnet::driver {
namespace {

// Where the sources of one of the policies are known, its program is.
struct Given {
  std::optional<Understood> sources;
  std::optional<ir::Policy> built;

  const ir::Policy& policy() const { return sources ? sources->policy : *built; }
};

bool IsArtifact(const std::string& path, const base::FileSystem& files) {
  return files.IsDirectory(path) || path.ends_with(".tar");
}

// No value where the policy has errors, which have been reported.
base::Result<std::optional<Given>> ReadGiven(const std::string& path, const Options& options,
                                             const std::string& as_of, const sepolicy::Policy& base,
                                             const base::FileSystem& files, Messages& messages) {
  std::optional<Given> nothing;
  Given given;
  if (!IsArtifact(path, files)) {
    Options one = options;
    one.files = {path};
    base::Result<std::optional<Understood>> understood =
        Understand(one, as_of, base, files, messages.sources, messages.emitter);
    if (!understood) return understood.error();
    if (!understood.value()) return nothing;
    given.sources = std::move(understood).value();
    return std::optional<Given>(std::move(given));
  }
  base::Result<CheckedArtifact> artifact = CheckArtifact(path, files);
  if (!artifact) return artifact.error();
  std::vector<std::string>& problems = artifact.value().problems;
  // Whoever built it may have had another base policy; the names must mean something in this one.
  if (problems.empty()) problems = CheckRequirements(artifact.value().manifest, base);
  for (const std::string& problem : problems) PrintError(fmt::format("{}: {}", path, problem));
  if (!problems.empty()) return nothing;
  given.built = std::move(artifact.value().manifest.policy);
  return std::optional<Given>(std::move(given));
}

query::ComparedPolicy Compared(const std::string& name, const Given& given, const Messages& messages) {
  if (given.sources) return {name, given.policy(), &given.sources->program, &messages.sources};
  return {name, given.policy()};
}

std::string Text(const query::Changes& changes, diag::Format format) {
  if (format == diag::Format::kJson) return query::ChangesJson(changes);
  if (format == diag::Format::kSarif) return query::ChangesSarif(changes, APPNET_VERSION);
  return diag::VisibleMessage(query::ChangesText(changes), true);
}

}  // namespace

int RunDiff(const Options& options, const std::string& as_of, const sepolicy::Policy& base,
            const base::FileSystem& files, Messages& messages) {
  std::array<std::optional<Given>, 2> given;
  for (std::size_t side = 0; side < given.size(); ++side) {
    base::Result<std::optional<Given>> read =
        ReadGiven(options.files[side], options, as_of, base, files, messages);
    if (!read) return messages.Fail(read.error());
    given[side] = std::move(read).value();
  }
  if (!given[0] || !given[1] || messages.emitter.Refuses()) return kExitPolicy;
  messages.SayNow();
  const base::Result<query::Changes> changes = query::FindChanges(
      Compared(options.files[0], *given[0], messages), Compared(options.files[1], *given[1], messages), base);
  if (!changes) return messages.Fail(changes.error());
  if (!options.quiet && !Print(Text(changes.value(), options.format)))
    return messages.Fail({"can't write to standard output"});
  return changes.value().empty() ? kExitOk : kExitPolicy;
}

}  // namespace appnet::driver
