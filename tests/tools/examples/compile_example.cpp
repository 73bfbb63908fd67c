#include "tools/examples/compile_example.h"

#include <utility>
#include <vector>

#include "base/file_system.h"
#include "diag/emitter.h"
#include "diag/render_text.h"
#include "lower/lower.h"
#include "parse/parse.h"
#include "sema/check.h"
#include "source/source_map.h"

namespace appnet::test {

std::variant<ir::Policy, std::string> CompileExample(const std::string& path, const sepolicy::Policy& base) {
  const std::unique_ptr<base::FileSystem> files = base::RealFileSystem();
  base::Result<std::string> text = files->Read(path);
  if (!text) return text.error().message;
  source::SourceMap sources;
  diag::Emitter emitter;
  const auto messages = [&] { return diag::RenderText(emitter.Sorted(), sources, {}); };

  std::vector<ast::File> roots;
  roots.push_back(parse::Parse(sources, sources.Add(path, std::move(text).value()), emitter));
  if (emitter.HasErrors()) return messages();
  const sema::Options options{
      .import_path = {}, .library_path = APPNET_SOURCE_DIR "/stdlib", .as_of = "2026-01-01"};
  const std::optional<sema::Program> program = sema::Check(roots, sources, *files, base, options, emitter);
  if (!program) return messages();
  std::optional<ir::Policy> policy = lower::Lower(*program, base, sources, {}, emitter);
  if (!policy || emitter.HasErrors()) return messages();
  return std::move(*policy);
}

}  // namespace appnet::test
