#include "driver/run_query.h"

#include "backend/cil/emit.h"
#include "driver/check_linked.h"
#include "driver/compile.h"
#include "driver/print.h"
#include "driver/run.h"
#include "query/answer.h"

namespace appnet::driver {
namespace {

// A mistake in the sentence alone is one of the command line: it must not look like the answer no.
int ExitCodeOf(const diag::Emitter& emitter, const source::SourceMap& sources) {
  for (const diag::Diagnostic& diagnostic : emitter.Sorted()) {
    const bool in_sentence = diagnostic.span && sources.Name(diagnostic.span->file) == kSentence;
    if (diagnostic.severity == diag::Severity::kError && !in_sentence) return kExitPolicy;
  }
  return kExitUsage;
}

}  // namespace

int RunQuery(const Options& options, const std::string& as_of, const LinkedBase& base,
             const base::FileSystem& files) {
  source::SourceMap sources;
  diag::Emitter emitter;
  base::Result<std::optional<Understood>> understood =
      Understand(options, as_of, base.policy, files, sources, emitter);
  if (!understood || !understood.value()) {
    PrintDiagnostics(emitter, sources, options);
    return understood ? ExitCodeOf(emitter, sources) : Fail(understood.error());
  }
  Compiled asked{std::move(understood.value()->program), std::move(understood.value()->policy), {}, {}, {}};
  // The answer rests on who may use our types, and a module can change that.
  base::Status linked = base::Done{};
  if (base.linker) {
    asked.parts.push_back(backend::cil::Emit(asked.policy));
    linked = CheckLinked(asked, base, emitter);
  }
  PrintDiagnostics(emitter, sources, options);
  if (!linked) return Fail(linked.error());
  if (emitter.HasErrors()) return kExitPolicy;
  const base::Result<query::Answer> answer =
      query::AnswerQuestion(asked.program, asked.policy, base.policy, sources);
  if (!answer) return Fail(answer.error());
  if (!Print(options.json ? query::AnswerJson(answer.value()) : query::AnswerText(answer.value())))
    return Fail({"can't write to standard output"});
  return answer.value().obstacles.empty() ? kExitOk : kExitPolicy;
}

}  // namespace appnet::driver
