#include "policies/compile.h"

#include <fmt/format.h>

#include <cstdlib>
#include <set>

#include "backend/cil/emit.h"
#include "backend/iptables/emit.h"
#include "backend/nftables/emit.h"
#include "base/file_system.h"
#include "lower/lower.h"
#include "parse/parse.h"
#include "sema/check.h"

namespace appnet::oracle {
namespace {

// Random policies import nothing.
class NoFiles : public base::FileSystem {
 public:
  base::Result<std::string> Read(const std::string& path) const override {
    return base::Error{"no file " + path};
  }
  bool Exists(const std::string&) const override { return false; }
  bool IsDirectory(const std::string&) const override { return false; }
  base::Result<std::vector<std::string>> List(const std::string& path) const override {
    return base::Error{"no folder " + path};
  }
  base::Result<std::string> RealPath(const std::string& path) const override { return "/" + path; }
  base::Status WriteFile(const std::string& path, std::string_view) override {
    return base::Error{"no file " + path};
  }
  base::Status WriteFolder(const std::string& path, const std::vector<Entry>&) override {
    return base::Error{"no folder " + path};
  }
};

std::string TextOf(const diag::Emitter& emitter, const source::SourceMap& sources) {
  std::string text;
  for (const diag::Diagnostic& diagnostic : emitter.Sorted()) {
    if (diagnostic.severity != diag::Severity::kError) continue;
    text += fmt::format("{}: {} [{}]\n", diagnostic.span ? sources.FileLine(*diagnostic.span) : "-",
                        diagnostic.message, diag::SlugOf(diagnostic.kind));
  }
  return text;
}

bool IsExpectedRefusal(const std::string& errors) {
  static const std::set<std::string> kKinds = {"[empty-set]", "[empty-rule]", "[label-conflict]"};
  for (std::size_t begin = 0; begin < errors.size();) {
    const std::size_t end = errors.find('\n', begin);
    const std::string line = errors.substr(begin, end - begin);
    if (!kKinds.contains(line.substr(line.rfind('[')))) return false;
    begin = end + 1;
  }
  return true;
}

}  // namespace

const sepolicy::Policy& ReferencePolicy() {
  static const base::Result<sepolicy::Policy> kPolicy = sepolicy::Policy::Reference();
  return kPolicy.value();
}

std::unique_ptr<Compiled> Compile(const std::string& text, std::string& errors) {
  source::SourceMap sources;
  diag::Emitter emitter;
  NoFiles files;
  std::vector<ast::File> roots;
  roots.push_back(parse::Parse(sources, sources.Add("p.appnet", text), emitter));
  auto program = sema::Check(roots, sources, files, ReferencePolicy(), {{}, "", "2026-01-01"}, emitter);
  errors = TextOf(emitter, sources);
  if (!program || emitter.HasErrors()) return nullptr;
  auto policy = lower::Lower(*program, ReferencePolicy(), sources, {}, emitter);
  errors = TextOf(emitter, sources);
  if (!policy || emitter.HasErrors()) return nullptr;
  Outputs outputs;
  outputs.cil = backend::cil::Emit(*policy).bytes;
  outputs.nft = backend::nftables::Emit(*policy).bytes;
  for (const base::OutputFile& file : backend::iptables::Emit(*policy)) {
    (file.name.ends_with(".v4") ? outputs.v4 : outputs.v6) = file.bytes;
  }
  return std::make_unique<Compiled>(
      Compiled{text, std::move(sources), std::move(*program), std::move(*policy), std::move(outputs)});
}

std::unique_ptr<Compiled> CompileNext(Random& random, const PolicyShape& shape, std::string& complaint) {
  for (int attempt = 0; attempt < 60; ++attempt) {
    const std::string text = GeneratePolicy(random, shape);
    std::string errors;
    if (auto compiled = Compile(text, errors)) return compiled;
    if (!IsExpectedRefusal(errors)) {
      complaint = "unexpected refusal:\n" + errors + text;
      return nullptr;
    }
  }
  complaint = "sixty random policies in a row were refused";
  return nullptr;
}

std::uint64_t SeedFromEnvironment() {
  const char* seed = std::getenv("APPNET_ORACLE_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
}

unsigned PoliciesFromEnvironment(unsigned otherwise) {
  const char* count = std::getenv("APPNET_ORACLE_POLICIES");
  return count == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(count, nullptr, 10));
}

}  // namespace appnet::oracle
