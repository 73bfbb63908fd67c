#include <string>

#include "ast/equal.h"
#include "ast/print.h"
#include "base/check.h"
#include "diag/emitter.h"
#include "diag/render_text.h"
#include "fuzz/targets.h"
#include "parse/parse.h"
#include "source/source_map.h"

namespace appnet::fuzz {

void FuzzParse(std::string_view text) {
  source::SourceMap sources;
  diag::Emitter emitter;
  const ast::File file = parse::Parse(sources, sources.Add("fuzz.appnet", std::string(text)), emitter);
  diag::RenderText(emitter.Sorted(), sources, {});
  if (emitter.HasErrors()) return;

  const std::string printed = ast::Print(file);
  const source::FileId again = sources.Add("printed.appnet", printed);
  const ast::File reparsed = parse::Parse(sources, again, emitter);
  APPNET_CHECK(!emitter.HasErrors(), "what was printed does not parse: " + printed);
  APPNET_CHECK(ast::Equal(file, reparsed), "what was printed means something else: " + printed);
  APPNET_CHECK(ast::Print(reparsed) == printed, "printing twice gives two texts: " + printed);
}

}  // namespace appnet::fuzz
