#include "driver/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

#include "diag/visible_text.h"
#include "driver/check_linked.h"
#include "driver/clock.h"
#include "driver/command_table.h"
#include "driver/compile.h"
#include "driver/completions.h"
#include "driver/dependencies.h"
#include "driver/find_policy.h"
#include "driver/man_pages.h"
#include "driver/messages.h"
#include "driver/options.h"
#include "driver/print.h"
#include "driver/report.h"
#include "driver/run_diff.h"
#include "driver/run_explain.h"
#include "driver/run_format.h"
#include "driver/run_graph.h"
#include "driver/run_query.h"
#include "driver/starting_policy.h"
#include "driver/summary.h"
#include "driver/verify_artifact.h"

namespace appnet::driver {
namespace {

std::string ArtifactPath(const Options& options, const std::string& name) {
  if (options.output.ends_with('/')) return options.output + name + "/";
  return options.output.empty() ? name + ".appnet.tar" : options.output;
}

// Writes the artifact; gives its path.
base::Result<std::string> Write(const Compiled& compiled, const LinkedBase& base, const Options& options,
                                const Clock& clock, base::FileSystem& files) {
  const std::string& name = compiled.policy.name;
  artifact::Inputs inputs;
  inputs.compiler_version = APPNET_VERSION;
  inputs.sources = compiled.sources;
  inputs.base_policy_name = base.policy.name();
  inputs.base_policy_sha256 = base.sha256;
  inputs.base_policy_version = base.version;
  inputs.base_policy_mls = base.policy.mls();
  inputs.modules = base.digests;
  inputs.modified = clock.source_date_epoch.value_or(0);
  const std::vector<base::OutputFile> bundle = artifact::Bundle(compiled.policy, compiled.parts, inputs);
  const std::string path = ArtifactPath(options, name);
  if (path.ends_with('/')) {
    std::vector<base::FileSystem::Entry> entries;
    entries.reserve(bundle.size());
    for (const base::OutputFile& file : bundle) entries.push_back({file.name, file.bytes, file.executable});
    const base::Status written = files.WriteFolder(path.substr(0, path.size() - 1), entries);
    if (!written) return written.error();
    return path;
  }
  const base::Result<std::string> archive = artifact::Archive(name, bundle, inputs.modified);
  if (!archive) return archive.error();
  const base::Status written = files.WriteFile(path, archive.value());
  if (!written) return written.error();
  return path;
}

// Builds or checks.
int MakeArtifact(const Options& options, const std::string& as_of, const Clock& clock, const LinkedBase& base,
                 base::FileSystem& files, Messages& messages) {
  base::Result<std::optional<Compiled>> compiled =
      Compile(options, as_of, base.policy, files, messages.sources, messages.emitter,
              [&messages](std::string_view what) { messages.progress.Step(what); });
  if (!compiled) return messages.Fail(compiled.error());
  if (!compiled.value()) return kExitPolicy;
  messages.progress.Step("linking with the base policy");
  const base::Status linked = CheckLinked(*compiled.value(), base, messages.emitter);
  if (!linked) return messages.Fail(linked.error());
  if (messages.emitter.Refuses()) return kExitPolicy;
  messages.SayNow();

  std::string answer;
  if (options.command == Command::kBuild) {
    // Before the artifact is there, because it may be impossible.
    const base::Result<std::string> dependencies =
        DependenciesOf(ArtifactPath(options, compiled.value()->policy.name), compiled.value()->program,
                       options, messages.sources, files);
    if (!dependencies) return messages.Fail(dependencies.error());
    const base::Result<std::string> path = Write(*compiled.value(), base, options, clock, files);
    if (!path) return messages.Fail(path.error());
    if (options.dependencies) {
      const base::Status noted =
          files.WriteFile(DependenciesPath(path.value(), options), dependencies.value());
      if (!noted) return messages.Fail(noted.error());
    }
    answer = fmt::format("wrote {}\n", path.value());
    if (!options.report.empty()) {
      const base::Status written =
          files.WriteFile(options.report, ReportHtml(*compiled.value(), base.policy));
      if (!written) return messages.Fail(written.error());
      answer += fmt::format("wrote {}\n", options.report);
    }
  }
  if (options.quiet || messages.AreAnswer()) return kExitOk;
  answer += Summarize(*compiled.value(), base.policy, {options.list});
  return Print(diag::VisibleMessage(answer, true)) ? kExitOk
                                                   : messages.Fail({"can't write to standard output"});
}

// Prints what the table of options says, for a shell or for man.
int WriteFromTable(const Options& options, Messages& messages) {
  const std::vector<CommandRow> table = CommandTable();
  std::optional<std::string> text;
  if (options.command == Command::kCompletions) {
    text = Completions(options.written, table);
  } else if (options.written.empty()) {
    text = fmt::format("{}\n", fmt::join(ManPageNames(table), "\n"));
  } else {
    text = ManPage(options.written, table);
  }
  if (text) return Print(*text) ? kExitOk : messages.Fail({"can't write to standard output"});
  PrintError(fmt::format("there is no manual page `{}`", options.written));
  return kExitUsage;
}

int RunCommand(const Options& options, Messages& messages) {
  if (options.command == Command::kExplain) return RunExplain(options, messages);
  const std::unique_ptr<base::FileSystem> files = base::RealFileSystem();
  if (options.command == Command::kCompletions || options.command == Command::kManPage)
    return WriteFromTable(options, messages);
  if (options.command == Command::kVerify) return VerifyArtifact(options, *files, messages);
  if (options.command == Command::kFormat) return RunFormat(options, *files, messages);
  const base::Result<Clock> clock = ReadClock();
  if (!clock) return messages.Fail(clock.error());
  if (!options.as_of.empty() && !IsDate(options.as_of)) {
    fmt::print(stderr, "appnetc: --as-of: `{}` is no date in the form YYYY-MM-DD\n",
               diag::VisibleMessage(options.as_of));
    return kExitUsage;
  }
  messages.progress.Step("reading the base policy");
  base::Result<sepolicy::Policy> found = FindPolicy(options.policy, *files);
  if (!found) return messages.Fail(found.error());
  const base::Result<LinkedBase> base =
      LinkModules(std::move(found).value(), options.modules, options.link, *files);
  if (!base) return messages.Fail(base.error());
  if (options.verbose && !diag::IsDocument(options.format))
    fmt::print(stderr, "appnetc: base policy {} (sha256 {})\n", base.value().policy.name(),
               base.value().sha256);
  const std::string& as_of = options.as_of.empty() ? clock.value().today : options.as_of;
  if (options.command == Command::kInit) return WriteStartingPolicy(options, base.value(), *files, messages);
  if (options.command == Command::kQuery) return RunQuery(options, as_of, base.value(), *files, messages);
  if (options.command == Command::kDiff)
    return RunDiff(options, as_of, base.value().policy, *files, messages);
  if (options.command == Command::kGraph)
    return RunGraph(options, as_of, base.value().policy, *files, messages);
  return MakeArtifact(options, as_of, clock.value(), base.value(), *files, messages);
}

}  // namespace

int Run(int argc, char** argv) {
  const Parsed parsed = ParseCommandLine(argc, argv);
  if (parsed.options) {
    Messages messages(*parsed.options);
    const int code = RunCommand(*parsed.options, messages);
    return messages.Finish(code);
  }
  if (parsed.text_is_answer)
    return Print(parsed.text) ? parsed.exit_code : Fail({"can't write to standard output"});
  fmt::print(stderr, "{}", diag::VisibleMessage(parsed.text, true));
  return parsed.exit_code;
}

}  // namespace appnet::driver
