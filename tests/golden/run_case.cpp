#include "golden/run_case.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>
#include <vector>

#include "ast/print.h"
#include "base/memory_file_system.h"
#include "diag/emitter.h"
#include "diag/render.h"
#include "driver/check_linked.h"
#include "driver/compile.h"
#include "driver/severities.h"
#include "driver/summary.h"
#include "golden/base_policy.h"
#include "ir/dump.h"
#include "parse/parse.h"

namespace appnet::golden {
namespace {

constexpr const char* kMain = "main.appnet";

struct Setup {
  BasePolicy base;
  driver::Options driver;
  std::string as_of = "2026-01-01";
  bool list = false;
  bool escapes = false;
};

base::Result<Setup> ReadOptions(const std::string& text) {
  Setup setup;
  std::vector<driver::SeverityOption> severities;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    std::string value;
    words >> word >> value;
    if (word == "policy") {
      setup.base.name = value;
    } else if (word == "as-of") {
      setup.as_of = value;
    } else if (word == "roots") {
      for (; !value.empty(); value.clear(), words >> value) setup.driver.files.push_back(value);
    } else if (word == "backend") {
      setup.driver.nft = value == "nft";
      setup.driver.iptables = value == "iptables";
    } else if (word == "loader") {
      setup.driver.loaders.push_back(value);
    } else if (word == "import-path") {
      setup.driver.import_path.push_back(value);
    } else if (word == "module") {
      setup.driver.modules.push_back(value);
    } else if (word == "warn" || word == "deny" || word == "allow") {
      const auto severity = word == "warn"   ? diag::Severity::kWarning
                            : word == "deny" ? diag::Severity::kError
                                             : diag::Severity::kOff;
      severities.push_back({severity, word, value});
    } else if (word == "link") {
      setup.driver.link = true;
    } else if (word == "budget") {
      setup.driver.budget.edges = std::stoul(value);
    } else if (word == "list") {
      setup.list = true;
    } else if (word == "escapes") {
      setup.escapes = true;
    } else {
      return base::Error{fmt::format("there is no option `{}`", word)};
    }
  }
  auto configured = driver::ReadSeverities(severities);
  if (!configured) return configured.error();
  setup.driver.severities = std::move(configured).value();
  if (setup.driver.files.empty()) setup.driver.files = {kMain};
  return setup;
}

std::string Unescaped(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "\\x") == 0 && i + 4 <= text.size()) {
      bytes.push_back(static_cast<char>(std::stoul(text.substr(i + 2, 2), nullptr, 16)));
      i += 3;
    } else {
      bytes.push_back(text[i]);
    }
  }
  return bytes;
}

// The case's files, and the standard library where the driver finds it: beside a program /bin/appnetc.
base::MemoryFileSystem FilesOf(const GoldenFile& file, bool escapes) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(APPNET_SOURCE_DIR "/stdlib/std")) {
    const base::Result<std::string> text = base::RealFileSystem()->Read(entry.path().string());
    if (text) files["/proc/stdlib/std/" + entry.path().filename().string()] = text.value();
  }
  files["/proc/self/exe"] = "";
  constexpr std::string_view kFile = "file ";
  for (const Section& section : file.sections) {
    const std::string text = escapes ? Unescaped(section.text) : section.text;
    if (section.title == "input") files[kMain] = text;
    if (section.title.starts_with(kFile)) files[section.title.substr(kFile.size())] = text;
  }
  return base::MemoryFileSystem(files);
}

std::string TreeOf(const base::MemoryFileSystem& files) {
  source::SourceMap sources;
  diag::Emitter emitter;
  const base::Result<std::string> text = files.Read(kMain);
  return text ? ast::Print(parse::Parse(sources, sources.Add(kMain, text.value()), emitter)) : "";
}

std::string FlowSpaceOf(const ir::Policy& policy) {
  static constexpr const char* kNames[] = {"connect", "accept", "forward"};
  std::string text;
  for (const flow::Direction direction : flow::kDirections) {
    const auto d = static_cast<std::size_t>(direction);
    const auto name_of = [&](ir::Leaf leaf) { return policy.labels[ir::LabelFor(leaf)].type; };
    const auto add = [&](const std::string& heading, ir::NodeId node) {
      const std::string boxes = ir::Dump(policy.diagram, node, direction, policy.interfaces, name_of);
      if (!boxes.empty()) text += fmt::format("{}\n{}", heading, boxes);
    };
    add(kNames[d], policy.roots[d]);
    add(fmt::format("{}, inherited", kNames[d]), policy.inherited[d]);
  }
  return text + fmt::format("unmatched = {}\nunmatched forward = {}\n", policy.labels[policy.unmatched].type,
                            policy.labels[policy.unmatched_forward].type);
}

// No value for a title that names no stage.
std::optional<std::string> StageText(const std::string& title, const Setup& setup,
                                     const sepolicy::Policy& base, const driver::Compiled& compiled) {
  static const std::map<std::string, std::string> kEndings = {
      {"cil", ".cil"}, {"nft", ".nft"}, {"iptables-v4", ".rules.v4"}, {"iptables-v6", ".rules.v6"}};
  if (title == "ir") return FlowSpaceOf(compiled.policy);
  if (title == "summary") return driver::Summarize(compiled, base, {setup.list});
  const auto ending = kEndings.find(title);
  if (ending == kEndings.end()) return std::nullopt;
  for (const base::OutputFile& part : compiled.parts) {
    if (part.name.ends_with(ending->second)) return part.bytes;
  }
  return "(none)\n";
}

// "messages-json" and the like.
std::optional<diag::Format> MessagesFormat(std::string_view title) {
  constexpr std::string_view kStart = "messages-";
  if (!title.starts_with(kStart)) return std::nullopt;
  return diag::FormatNamed(title.substr(kStart.size()));
}

std::string MessagesText(const diag::Emitter& emitter, const source::SourceMap& sources,
                         diag::Format format) {
  const std::string text = diag::Render({emitter.Sorted(), std::nullopt}, sources, format, {false, "0"});
  if (!diag::IsDocument(format)) return text;
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(text);
  if (format == diag::Format::kSarif) {
    // Every kind is a rule: each new one would change every case.
    json["runs"][0]["tool"]["driver"].erase("rules");
    for (auto& result : json["runs"][0]["results"]) result.erase("ruleIndex");
  }
  return json.dump(1, ' ', true) + "\n";
}

bool SaysWhatToCompile(const std::string& title) {
  return title == "input" || title == "options" || title == "base" || title == "base-whole" ||
         title.starts_with("file ");
}

}  // namespace

base::Result<Outcome> RunCase(const GoldenFile& file) {
  const std::string* options = file.Find("options");
  base::Result<Setup> read = ReadOptions(options == nullptr ? "" : *options);
  if (!read) return read.error();
  Setup& setup = read.value();
  if (const std::string* text = file.Find("base")) setup.base.linked = *text;
  if (const std::string* text = file.Find("base-whole")) setup.base.whole = *text;
  Outcome outcome{false, false, file};
  base::Result<std::optional<sepolicy::Policy>> base = ReadBasePolicy(setup.base);
  if (!base) return base.error();
  if (!base.value()) {
    outcome.skipped = true;
    return outcome;
  }

  const base::MemoryFileSystem files = FilesOf(file, setup.escapes);
  const base::Result<driver::LinkedBase> linked =
      driver::LinkModules(*std::move(base).value(), setup.driver.modules, setup.driver.link, files);
  if (!linked) return linked.error();
  source::SourceMap sources;
  diag::Emitter emitter;
  for (const auto& [kind, severity] : setup.driver.severities) emitter.Configure(kind, severity);
  const auto compiled =
      driver::Compile(setup.driver, setup.as_of, linked.value().policy, files, sources, emitter);
  if (!compiled) return compiled.error();
  if (compiled.value()) {
    const base::Status checked = driver::CheckLinked(*compiled.value(), linked.value(), emitter);
    if (!checked) return checked.error();
  }
  outcome.has_errors = emitter.Refuses();

  GoldenFile& actual = outcome.actual;
  const std::string messages = Trimmed(MessagesText(emitter, sources, diag::Format::kHuman));
  if (file.Find("messages") == nullptr) actual.sections.push_back({"messages", ""});
  for (Section& section : actual.sections) {
    if (SaysWhatToCompile(section.title)) continue;
    std::optional<std::string> text;
    if (section.title == "messages") {
      text = messages;
    } else if (const auto format = MessagesFormat(section.title)) {
      text = MessagesText(emitter, sources, *format);
    } else if (section.title == "ast") {
      text = TreeOf(files);
    } else if (compiled.value()) {
      text = StageText(section.title, setup, linked.value().policy, *compiled.value());
      if (!text) return base::Error{fmt::format("there is no section `{}`", section.title)};
    } else {
      return base::Error{
          fmt::format("the policy has errors, so there is no `{}`:\n{}", section.title, messages)};
    }
    section.text = Trimmed(*text);
  }
  return outcome;
}

}  // namespace appnet::golden
