// Compiling CIL, writing a policy as CIL, and what libsepol says when it refuses.

#include <gtest/gtest.h>

#include <thread>

#include "sepolicy/cil_text.h"
#include "unit/sepolicy/policies.h"

namespace appnet::sepolicy {
namespace {

std::string ErrorOf(const std::vector<CilText>& texts) {
  const base::Result<std::string> image = CompileCil(texts, false);
  return image.ok() ? "no error" : image.error().message;
}

std::string ErrorOfTiny(const std::string& more) { return ErrorOf({{"tiny.cil", TinyCil(more)}}); }

void ExpectContains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << " is not in: " << text;
}

TEST(CompileCil, SaysWhatIsUnresolved) {
  const std::string error = ErrorOfTiny("(allow a_t missing_t (thing (read)))");
  ExpectContains(error, "Failed to resolve allow statement");
  ExpectContains(error, "tiny.cil");
  EXPECT_EQ(error.find('\n'), std::string::npos);
}

TEST(CompileCil, SaysWhichTextIsNoCil) {
  ExpectContains(ErrorOf({{"base.cil", TinyCil("")}, {"broken.cil", "(type x"}}), "`broken.cil` is no CIL");
  ExpectContains(ErrorOf({{"broken.cil", ")"}}), "`broken.cil` is no CIL");
  EXPECT_NE(ErrorOf({{"empty.cil", ""}}), "no error");
  EXPECT_NE(ErrorOf({}), "no error");
  EXPECT_NE(ErrorOf({{"nul.cil", std::string("(type a\0b)", 10)}}), "no error");
}

TEST(CompileCil, ChecksNeverallow) {
  ExpectContains(ErrorOfTiny("(neverallow a_t target_t (thing (read))) (allow a_t target_t (thing (read)))"),
                 "neverallow check failed");
}

TEST(CompileCil, LineMarksNameTheSource) {
  ExpectContains(ErrorOfTiny("\n;;* lmx 40 policy.appnet\n(allow a_t missing_t (thing (read)))\n;;* lme\n"),
                 "policy.appnet:40");
}

TEST(CompileCil, RefusesConflictingPorts) {
  ExpectContains(
      ErrorOfTiny("(roletype object_r a_t) (portcon tcp 80 (sys_u object_r target_t ((low) (low))))"
                  "(portcon tcp 80 (sys_u object_r a_t ((low) (low))))"),
      "conflicting portcon");
}

TEST(CompileCil, SameTextsSameBytes) { EXPECT_EQ(TinyImage(""), TinyImage("")); }

TEST(CompileCil, FromSeveralThreads) {
  std::vector<std::string> answers(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    threads.emplace_back([&answers, i] {
      for (int round = 0; round < 10; ++round) {
        const std::string type = "missing" + std::to_string(i) + "_t";
        answers[i] = ErrorOfTiny("(allow a_t " + type + " (thing (read)))");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& answer : answers) {
    EXPECT_EQ(answer, answers[0]);
    ExpectContains(answer, "Failed to resolve allow statement");
  }
}

TEST(CompileCil, PrintsNothing) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  ErrorOfTiny("(allow a_t missing_t (thing (read)))");
  ErrorOfTiny("(neverallow a_t target_t (thing (read))) (allow a_t target_t (thing (read)))");
  ErrorOf({{"broken.cil", "(((("}});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

TEST(PolicyToCil, CarriesEverythingThatAPolicyAnswers) {
  const base::Result<std::string> image =
      CompileCil({{"reference.cil", std::string(ReferencePolicySource())}}, true);
  ASSERT_TRUE(image.ok());
  const base::Result<std::string> cil = PolicyToCil(image.value());
  ASSERT_TRUE(cil.ok());
  const base::Result<std::string> again = CompileCil({{"base.cil", cil.value()}}, true);
  ASSERT_TRUE(again.ok()) << again.error().message;
  const Policy before = Policy::Read(image.value(), "before").value();
  const Policy after = Policy::Read(again.value(), "after").value();
  EXPECT_EQ(before.AllNames(), after.AllNames());
  EXPECT_EQ(before.UnlabeledContext(), after.UnlabeledContext());
  EXPECT_EQ(before.handle_unknown(), after.handle_unknown());
  ASSERT_EQ(before.type_count(), after.type_count());
  for (const char* permission : {"send", "recv", "relabelto", "forward_in"}) {
    for (TypeId target = 0; target < before.type_count(); ++target) {
      const auto was = before.Holders(target, "packet", permission);
      const auto is = after.Holders(target, "packet", permission);
      ASSERT_EQ(was.size(), is.size());
      for (std::size_t i = 0; i < was.size(); ++i) {
        EXPECT_EQ(was[i].source, is[i].source);
        EXPECT_EQ(was[i].access.always, is[i].access.always);
        EXPECT_EQ(was[i].access.at_defaults, is[i].access.at_defaults);
      }
    }
  }
}

TEST(PolicyToCil, TakesAModuleOnTop) {
  const base::Result<std::string> cil = PolicyToCil(TinyImage(""));
  ASSERT_TRUE(cil.ok()) << cil.error().message;
  const base::Result<std::string> image = CompileCil({{"base.cil", cil.value()},
                                                      {"module.cil",
                                                       "(type web_packet_t) (roletype object_r web_packet_t)"
                                                       "(allow a_t web_packet_t (thing (read)))"}},
                                                     false);
  ASSERT_TRUE(image.ok()) << image.error().message;
  const Policy policy = Policy::Read(image.value(), "linked").value();
  EXPECT_TRUE(
      policy.Allowed(TypeNamed(policy, "a_t"), TypeNamed(policy, "web_packet_t"), "thing", "read").always);
}

TEST(PolicyToCil, RefusesWhatIsNoPolicy) {
  EXPECT_FALSE(PolicyToCil("").ok());
  EXPECT_FALSE(PolicyToCil("(type x)").ok());
}

TEST(HasStatement, SeesKeywordsAlone) {
  EXPECT_TRUE(HasStatement("(handleunknown deny)", "handleunknown"));
  EXPECT_TRUE(HasStatement("(type a)\n(  ; comment\n handleunknown deny)", "handleunknown"));
  EXPECT_FALSE(HasStatement("; (handleunknown deny)\n(type a)", "handleunknown"));
  EXPECT_FALSE(HasStatement("(type handleunknown)", "handleunknown"));
  EXPECT_FALSE(HasStatement("(handleunknown2 deny)", "handleunknown"));
  EXPECT_FALSE(HasStatement("(filecon \"(handleunknown deny)\" x)", "handleunknown"));
  EXPECT_FALSE(HasStatement("", "handleunknown"));
  EXPECT_FALSE(HasStatement("\"open", "handleunknown"));
}

}  // namespace
}  // namespace appnet::sepolicy
