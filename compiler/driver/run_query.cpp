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
             const base::FileSystem& files, Messages& messages) {
  source::SourceMap& sources = messages.sources;
  diag::Emitter& emitter = messages.emitter;
  base::Result<std::optional<Understood>> understood =
      Understand(options, as_of, base.policy, files, sources, emitter);
  if (!understood) return messages.Fail(understood.error());
  if (!understood.value()) return ExitCodeOf(emitter, sources);
  Compiled asked{std::move(understood.value()->program), std::move(understood.value()->policy), {}, {}, {}};
  // The answer rests on who may use our types, and a module can change that.
  base::Status linked = base::Done{};
  if (base.linker) {
    asked.parts.push_back(backend::cil::Emit(asked.policy));
    linked = CheckLinked(asked, base, emitter);
  }
  if (!linked) return messages.Fail(linked.error());
  if (emitter.Refuses()) return kExitPolicy;
  messages.SayNow();
  const base::Result<query::Answer> answer =
      query::AnswerQuestion(asked.program, asked.policy, base.policy, sources);
  if (!answer) return messages.Fail(answer.error());
  const bool json = options.format == diag::Format::kJson;
  if (!Print(json ? query::AnswerJson(answer.value()) : query::AnswerText(answer.value())))
    return messages.Fail({"can't write to standard output"});
  return answer.value().obstacles.empty() ? kExitOk : kExitPolicy;
}

}  // namespace appnet::driver
