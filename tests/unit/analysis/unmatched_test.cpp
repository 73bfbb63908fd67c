#include "analysis/unmatched.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/memory_file_system.h"
#include "lower/lower.h"
#include "parse/parse.h"
#include "sema/check.h"

namespace appnet::analysis {
namespace {

const sepolicy::Policy& ReferencePolicy() {
  static const base::Result<sepolicy::Policy> kPolicy = sepolicy::Policy::Reference();
  return kPolicy.value();
}

UnmatchedReport ReportOf(const std::string& mode) {
  const std::string text = "policy p; unmatched " + mode + "; domain mozilla_t { connect tcp/443; }";
  source::SourceMap sources;
  diag::Emitter emitter;
  const base::MemoryFileSystem files({{"/p.appnet", text}});
  std::vector<ast::File> roots;
  roots.push_back(parse::Parse(sources, sources.Add("/p.appnet", text), emitter));
  const auto program = sema::Check(roots, sources, files, ReferencePolicy(), {}, emitter);
  const auto policy = lower::Lower(*program, ReferencePolicy(), sources, {}, emitter);
  return ReportUnmatched(*program, *policy, ReferencePolicy());
}

bool Has(const std::vector<sepolicy::TypeId>& types, std::string_view name) {
  return std::ranges::count(types, ReferencePolicy().Find(name).id) == 1;
}

std::size_t Total(const UnmatchedReport& report) {
  return report.open.size() + report.partly.size() + report.cut_off.size();
}

TEST(Unmatched, EveryDomainIsCountedOnce) {
  for (const char* mode : {"base", "inherit", "audit", "deny"})
    EXPECT_EQ(Total(ReportOf(mode)), ReferencePolicy().Domains().size()) << mode;
}

TEST(Unmatched, DenyCutsOffAll) {
  EXPECT_EQ(ReportOf("deny").cut_off.size(), ReferencePolicy().Domains().size());
}

TEST(Unmatched, AuditIsOpenToAll) {
  EXPECT_EQ(ReportOf("audit").open.size(), ReferencePolicy().Domains().size());
}

TEST(Unmatched, BaseGoesByTheUnlabeledType) {
  const UnmatchedReport report = ReportOf("base");
  EXPECT_TRUE(Has(report.open, "unconfined_t"));
  EXPECT_TRUE(Has(report.cut_off, "mozilla_t"));
  EXPECT_TRUE(Has(report.cut_off, "iptables_t"));
  EXPECT_TRUE(report.partly.empty());
  EXPECT_EQ(report.cut_off.size() - report.cut_off_with_sockets, 1U);  // getty_t
}

TEST(Unmatched, InheritLeavesPart) {
  const UnmatchedReport report = ReportOf("inherit");
  EXPECT_TRUE(Has(report.open, "unconfined_t"));
  EXPECT_TRUE(Has(report.partly, "mozilla_t"));
  EXPECT_TRUE(Has(report.cut_off, "getty_t"));
}

}  // namespace
}  // namespace appnet::analysis
