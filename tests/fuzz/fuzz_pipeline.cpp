#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "artifact/pack.h"
#include "backend/cil/emit.h"
#include "backend/iptables/emit.h"
#include "backend/nftables/emit.h"
#include "base/check.h"
#include "base/memory_file_system.h"
#include "diag/emitter.h"
#include "diag/render_text.h"
#include "fuzz/compile.h"
#include "fuzz/targets.h"
#include "lower/lower.h"
#include "parse/parse.h"
#include "sema/check.h"
#include "sepolicy/policy.h"
#include "source/source_map.h"

namespace appnet::fuzz {
namespace {

// What every input shares: made once, because the base policy takes longer than an input.
struct Fixture {
  sepolicy::Policy base;
  std::map<std::string, std::string> library;
};

const Fixture& SharedFixture() {
  static const Fixture fixture = [] {
    auto reference = sepolicy::Policy::Reference();
    APPNET_CHECK(reference.ok(), "the reference policy does not compile");
    Fixture made{std::move(reference).value(), {}};
    const auto files = base::RealFileSystem();
    for (const auto& entry : std::filesystem::directory_iterator(APPNET_SOURCE_DIR "/stdlib/std")) {
      if (entry.path().extension() != ".appnet") continue;
      made.library["/stdlib/std/" + entry.path().filename().string()] =
          files->Read(entry.path().string()).value();
    }
    return made;
  }();
  return fixture;
}

constexpr const char* kMain = "/main.appnet";
constexpr std::size_t kMostSections = 9;

// The library's files, and the sections of the text as /main.appnet, /a.appnet, /b.appnet, ...
std::map<std::string, std::string> FilesOf(std::string_view text, std::map<std::string, std::string> files) {
  std::string name = kMain;
  for (std::size_t section = 0; section < kMostSections; ++section) {
    const std::size_t end = text.find('\f');
    files[name] = text.substr(0, end);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
    name = std::string("/") + static_cast<char>('a' + section) + ".appnet";
  }
  return files;
}

using Outputs = std::vector<base::OutputFile>;

}  // namespace

std::optional<Outputs> Compile(std::string_view text) {
  const Fixture& shared = SharedFixture();
  const base::MemoryFileSystem files(FilesOf(text, shared.library));
  source::SourceMap sources;
  diag::Emitter emitter;
  std::vector<ast::File> roots;
  roots.push_back(parse::Parse(sources, sources.Add(kMain, files.files().at(kMain)), emitter));
  const sema::Options options{.import_path = {}, .library_path = "/stdlib", .as_of = "2026-01-01"};
  const std::optional<sema::Program> program =
      emitter.HasErrors() ? std::nullopt : sema::Check(roots, sources, files, shared.base, options, emitter);
  const std::optional<ir::Policy> policy =
      program ? lower::Lower(*program, shared.base, sources, {}, emitter) : std::nullopt;
  const std::string messages = diag::RenderText(emitter.Sorted(), sources, {});
  APPNET_CHECK(policy.has_value() || emitter.HasErrors(), "no policy, and no error that says why");
  APPNET_CHECK(emitter.HasErrors() == (messages.find("error: ") != std::string::npos),
               "an error without a message");
  if (!policy || emitter.HasErrors()) return std::nullopt;

  Outputs parts = backend::iptables::Emit(*policy);
  parts.push_back(backend::nftables::Emit(*policy));
  parts.push_back(backend::cil::Emit(*policy));
  artifact::Inputs inputs;
  inputs.base_policy_mls = shared.base.mls();
  return artifact::Bundle(*policy, std::move(parts), inputs);
}

namespace {

std::string ModuleOf(const Outputs& files) {
  for (const base::OutputFile& file : files) {
    if (file.name.ends_with(".cil")) return file.bytes;
  }
  APPNET_CHECK(false, "no module among the files");
}

}  // namespace

bool FuzzPipeline(std::string_view text) {
  const std::optional<Outputs> files = Compile(text);
  if (!files) return false;
  const std::vector<sepolicy::CilText> linked = {
      {"reference.cil", std::string(sepolicy::ReferencePolicySource())}, {"module.cil", ModuleOf(*files)}};
  const auto binary = sepolicy::CompileCil(linked, true);
  APPNET_CHECK(binary.ok(), "libsepol refuses the module: " + binary.error().message);

  const std::optional<Outputs> again = Compile(text);
  APPNET_CHECK(again.has_value() && files->size() == again->size(),
               "the second time it comes out differently");
  for (std::size_t i = 0; i < files->size(); ++i) {
    APPNET_CHECK((*files)[i].bytes == (*again)[i].bytes, "other bytes the second time: " + (*files)[i].name);
  }
  return true;
}

}  // namespace appnet::fuzz
