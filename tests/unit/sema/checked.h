#pragma once
// A policy from texts in memory to a Program, with the diagnostics at hand.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/memory_file_system.h"
#include "diag/emitter.h"
#include "parse/parse.h"
#include "sema/check.h"

namespace appnet::sema {

inline const sepolicy::Policy& ReferencePolicy() {
  static const base::Result<sepolicy::Policy> kPolicy = sepolicy::Policy::Reference();
  return kPolicy.value();
}

struct Checked {
  std::unique_ptr<source::SourceMap> sources = std::make_unique<source::SourceMap>();
  diag::Emitter emitter;
  std::optional<Program> program;

  std::vector<diag::Diagnostic> diagnostics() const { return emitter.Sorted(); }
  std::string SpanText(const diag::Diagnostic& diagnostic) const {
    return diagnostic.span ? std::string(sources->Text(*diagnostic.span)) : "(none)";
  }
  // "kind `span text`: message" in lines, for readable failures.
  std::string Listing() const {
    std::string text;
    for (const diag::Diagnostic& diagnostic : diagnostics()) {
      text += std::string(diag::SlugOf(diagnostic.kind)) + " `" + SpanText(diagnostic) +
              "`: " + diagnostic.message;
      for (const diag::Label& label : diagnostic.labels) {
        text += "\n  label `" + std::string(sources->Text(label.span)) + "`: " + label.text;
      }
      for (const std::string& note : diagnostic.notes) text += "\n  note: " + note;
      for (const std::string& help : diagnostic.helps) text += "\n  help: " + help;
      text += '\n';
    }
    return text;
  }
  const Rule& rule(std::size_t index) const { return program->rules.at(index); }
};

using Texts = std::map<std::string, std::string>;

// `files` by absolute path; `roots` are among them.
inline Checked CheckFiles(const Texts& files, const std::vector<std::string>& roots,
                          const Options& options = {}, const sepolicy::Policy& policy = ReferencePolicy(),
                          const base::MemoryFileSystem* file_system = nullptr) {
  Checked checked;
  const base::MemoryFileSystem in_memory(files);
  std::vector<ast::File> trees;
  for (const std::string& root : roots) {
    const source::FileId id = checked.sources->Add(root, files.at(root));
    trees.push_back(parse::Parse(*checked.sources, id, checked.emitter));
  }
  checked.program = Check(trees, *checked.sources, file_system != nullptr ? *file_system : in_memory, policy,
                          options, checked.emitter);
  EXPECT_EQ(checked.program.has_value(), !checked.emitter.HasErrors());
  return checked;
}

// A policy of one file with its two required statements on the first line.
inline Checked CheckBody(const std::string& body, Texts libraries = {}, const Options& options = {}) {
  libraries["/p/main.appnet"] = "policy p; unmatched deny;\n" + body;
  return CheckFiles(libraries, {"/p/main.appnet"}, options);
}

// The only diagnostic there is.
inline void ExpectOnly(const Checked& checked, diag::Kind kind, const std::string& span_text,
                       const std::string& message, const std::string& help = "") {
  const std::vector<diag::Diagnostic> all = checked.diagnostics();
  ASSERT_EQ(all.size(), 1U) << checked.Listing();
  EXPECT_EQ(diag::SlugOf(all[0].kind), diag::SlugOf(kind)) << checked.Listing();
  EXPECT_EQ(checked.SpanText(all[0]), span_text);
  EXPECT_EQ(all[0].message, message);
  if (help.empty()) return;
  ASSERT_FALSE(all[0].helps.empty()) << checked.Listing();
  EXPECT_EQ(all[0].helps[0], help);
}

inline void ExpectClean(const Checked& checked) {
  EXPECT_TRUE(checked.diagnostics().empty()) << checked.Listing();
  ASSERT_TRUE(checked.program.has_value());
}

inline std::string Text(const flow::IntervalSet& set, base::Family family) {
  std::string text;
  for (const base::Interval& interval : set) {
    if (!text.empty()) text += ' ';
    text += base::FormatAddressRange(family, interval);
  }
  return text;
}
inline std::string Text(const flow::AddressSet& set) {
  return Text(set.v4, base::Family::kIpv4) + "|" + Text(set.v6, base::Family::kIpv6);
}
inline std::string Text(const flow::ServiceSet& set) {
  std::string text;
  for (const base::Family family : flow::kFamilies) {
    if (family == base::Family::kIpv6) text += '|';
    for (const base::Interval& interval : set.of(family)) {
      if (!text.empty() && text.back() != '|') text += ' ';
      text += flow::FormatService(family, interval);
    }
  }
  return text;
}
inline std::string Text(const flow::IntervalSet& set, const flow::InterfaceClasses& classes) {
  std::string text;
  for (const base::Interval& interval : set) {
    for (auto id = interval.low; id <= interval.high; ++id) {
      if (!text.empty()) text += ' ';
      text += classes.NameOf(static_cast<flow::InterfaceClassId>(id));
    }
  }
  return text;
}
inline std::string Text(const std::vector<sepolicy::TypeId>& types) {
  std::string text;
  for (const sepolicy::TypeId type : types) {
    if (!text.empty()) text += ' ';
    text += ReferencePolicy().TypeName(type);
  }
  return text;
}

}  // namespace appnet::sema
