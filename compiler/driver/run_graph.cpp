#include "driver/run_graph.h"

#include <optional>

#include "driver/compile.h"
#include "driver/print.h"
#include "driver/run.h"
#include "query/graph.h"

namespace appnet::driver {

int RunGraph(const Options& options, const std::string& as_of, const sepolicy::Policy& base,
             const base::FileSystem& files, Messages& messages) {
  const base::Result<std::optional<Understood>> understood =
      Understand(options, as_of, base, files, messages.sources, messages.emitter);
  if (!understood) return messages.Fail(understood.error());
  if (!understood.value() || messages.emitter.Refuses()) return kExitPolicy;
  messages.SayNow();
  if (!Print(query::GraphDot(understood.value()->program, base)))
    return messages.Fail({"can't write to standard output"});
  return kExitOk;
}

}  // namespace appnet::driver
