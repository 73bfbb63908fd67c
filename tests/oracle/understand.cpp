#include "oracle/understand.h"

#include "base/file_system.h"
#include "diag/emitter.h"
#include "parse/parse.h"
#include "sema/check.h"
#include "source/source_map.h"

namespace appnet::oracle {

std::optional<sema::Program> Understand(const std::string& path, const std::string& text,
                                        const sepolicy::Policy& base) {
  const std::unique_ptr<base::FileSystem> files = base::RealFileSystem();
  source::SourceMap sources;
  diag::Emitter emitter;
  std::vector<ast::File> roots;
  roots.push_back(parse::Parse(sources, sources.Add(path, text), emitter));
  auto program = sema::Check(roots, sources, *files, base, {{}, "", "2026-01-01"}, emitter);
  if (emitter.HasErrors()) return std::nullopt;
  return program;
}

}  // namespace appnet::oracle
