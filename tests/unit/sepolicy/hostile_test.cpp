// Files that are no policies, policies cut short, and policies with damaged bytes: an error or an answer,
// never a crash, a hang or a word on standard error.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <random>

#include "unit/sepolicy/policies.h"

#if defined(__SANITIZE_ADDRESS__)
// A damaged length makes libsepol ask for gigabytes; malloc says no, and so shall the sanitizer.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }
#endif

namespace appnet::sepolicy {
namespace {

constexpr unsigned kSecondsUntilHang = 300;
constexpr std::size_t kLarge = 1000000;  // writing it as CIL takes too long to be done for each mutant

// Asks everything, so that each index is walked.
void AskEverything(const Policy& policy) {
  std::size_t answers = policy.AllNames().size() + policy.PortLabels().size() + policy.Domains().size();
  for (TypeId type = 0; type < policy.type_count(); ++type) {
    answers +=
        policy.TypeName(type).size() + (policy.IsDomain(type) ? 1 : 0) + (policy.IsPermissive(type) ? 1 : 0);
  }
  for (AttributeId attribute = 0; attribute < policy.attribute_count(); ++attribute) {
    answers += policy.AttributeName(attribute).size() + policy.TypesOf(attribute).size();
  }
  for (BooleanId boolean = 0; boolean < policy.boolean_count(); ++boolean) {
    answers += policy.BooleanName(boolean).size() + (policy.BooleanDefault(boolean) ? 1 : 0);
  }
  for (TypeId target = 0; target < policy.type_count(); target += 1 + policy.type_count() / 50) {
    for (const char* permission : {"send", "recv", "relabelto"}) {
      answers += policy.Holders(target, "packet", permission).size();
    }
    answers += policy.Holders(target, "tcp_socket", "name_connect").size();
    answers += policy.Allowed(target, target, "capability", "net_raw").ever ? 1 : 0;
  }
  answers += policy.SourcesOf("packet", "relabelto").size() + policy.UnlabeledContext().size();
  answers += policy.IsValidContext(policy.PacketContext("unlabeled_t")) ? 1 : 0;
  answers += policy.IsValidContext(policy.UnlabeledContext()) ? 1 : 0;
  EXPECT_GE(answers, 0U);
}

// How a child of ours fares with the work: its exit code, or minus the signal that ended it.
int InChild(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(kSecondsUntilHang);
    _exit(work());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

enum Outcome { kRefused = 0, kAccepted = 1, kWordless = 2 };

int TryImage(const std::string& bytes) {
  const base::Result<Policy> policy = Policy::Read(bytes, "damaged");
  if (policy.ok()) {
    AskEverything(policy.value());
    return bytes.size() > kLarge || PolicyToCil(bytes).ok() ? kAccepted : kRefused;
  }
  return policy.error().message.empty() ? kWordless : kRefused;
}

std::string ReferenceImage() {
  return CompileCil({{"reference.cil", std::string(ReferencePolicySource())}}, true).value();
}

struct Tally {
  int refused = 0;
  int accepted = 0;
};

// 1 to 4 bytes changed. Half of the mutants are hit near the beginning, where the counts and the symbol
// tables are.
struct Mutant {
  std::string bytes;
  std::string changes;
};

Mutant Mutate(const std::string& image, std::mt19937& random) {
  Mutant mutant{image, {}};
  const std::size_t reach = random() % 2 == 0 ? image.size() : std::min<std::size_t>(image.size(), 4096);
  const unsigned changes = 1 + random() % 4;
  for (unsigned change = 0; change < changes; ++change) {
    const std::size_t at = random() % reach;
    const char byte = random() % 3 == 0 ? '\xff' : static_cast<char>(random());
    mutant.bytes[at] = byte;
    mutant.changes += fmt::format(" [{}]={}", at, static_cast<unsigned char>(byte));
  }
  return mutant;
}

// Children are dear under a sanitizer: one for each batch, and one for each mutant of a batch that went
// wrong.
Tally TryMutants(const std::string& image, int mutants, unsigned seed) {
  constexpr int kBatch = 20;
  std::mt19937 random(seed);
  Tally tally;
  for (int done = 0; done < mutants; done += kBatch) {
    std::vector<Mutant> batch;
    for (int i = 0; i < kBatch; ++i) batch.push_back(Mutate(image, random));
    const int accepted = InChild([&] {
      int count = 0;
      for (const Mutant& mutant : batch) {
        const int outcome = TryImage(mutant.bytes);
        if (outcome == kWordless) return kBatch + 1;
        count += outcome == kAccepted ? 1 : 0;
      }
      return count;
    });
    if (accepted >= 0 && accepted <= kBatch) {
      tally.accepted += accepted;
      tally.refused += kBatch - accepted;
      continue;
    }
    ADD_FAILURE() << "seed " << seed << ", mutants from " << done << " ended with " << accepted;
    for (const Mutant& mutant : batch) {
      const int outcome = InChild([&] { return TryImage(mutant.bytes); });
      EXPECT_TRUE(outcome == kRefused || outcome == kAccepted) << mutant.changes << " ended with " << outcome;
    }
  }
  return tally;
}

// Every length from 0 where the file is small, otherwise `lengths` of them.
void TryTruncations(const std::string& image, std::size_t lengths) {
  const std::size_t step = std::max<std::size_t>(1, image.size() / lengths);
  const int outcome = InChild([&] {
    for (std::size_t length = 0; length < image.size(); length += step) {
      if (TryImage(image.substr(0, length)) != kRefused) return 1;
    }
    return TryImage(image.substr(0, image.size() - 1)) == kRefused ? 0 : 1;
  });
  EXPECT_EQ(outcome, 0);
}

TEST(Hostile, WhatIsNoPolicySaysWhatItIs) {
  const auto message = [](const std::string& bytes) { return Policy::Read(bytes, "file").error().message; };
  EXPECT_EQ(message(""), "`file` is no binary SELinux policy: the file is empty");
  EXPECT_EQ(message("(type web_t)\n"), "`file` is no binary SELinux policy: it is text");
  EXPECT_EQ(message(std::string("\x8d\xff\x7c\xf9", 4)),
            "`file` is no binary SELinux policy: it is a policy module, not the policy of a system");
  EXPECT_EQ(
      message(std::string("\x8f\xff\x7c\xf9\x01", 5)),
      "`file` is no binary SELinux policy: it is a policy package (a module), not the policy of a system");
  EXPECT_EQ(message(std::string("\x7f"
                                "ELF\x02\x01\x00",
                                7)),
            "`file` is no binary SELinux policy: it doesn't begin as one");
  EXPECT_NE(message(std::string("\x8c\xff\x7c\xf9", 4)).find("can't be read as a binary SELinux policy"),
            std::string::npos);
}

TEST(Hostile, RandomBytes) {
  const int accepted = InChild([] {
    std::mt19937 random(7);
    int count = 0;
    for (int i = 0; i < 300; ++i) {
      std::string bytes(random() % 3000, '\0');
      for (char& byte : bytes) byte = static_cast<char>(random());
      if (i % 2 == 0) bytes = std::string("\x8c\xff\x7c\xf9\x08\0\0\0SE Linux\x21\0\0\0", 20) + bytes;
      count += TryImage(bytes) == kRefused ? 0 : 1;
    }
    return std::min(count, 100);
  });
  EXPECT_EQ(accepted, 0);
}

TEST(Hostile, PolicyForXen) {
  std::string bytes = TinyImage("");
  bytes.replace(8, 8, "XenFlask");
  EXPECT_FALSE(Policy::Read(bytes, "xen").ok());
}

TEST(Hostile, FutureVersion) {
  std::string bytes = TinyImage("");
  bytes[16] = 99;
  const base::Result<Policy> policy = Policy::Read(bytes, "new");
  ASSERT_FALSE(policy.ok());
  EXPECT_NE(policy.error().message.find("version"), std::string::npos) << policy.error().message;
}

// libsepol alone would take all memory, or hours.
TEST(Hostile, CountsOfSymbolsThatCannotBe) {
  const std::string image = TinyImage("", true);
  // The counts of the symbol tables stand before their first symbols; try the high byte of every word there
  // could be.
  const int outcome = InChild([&] {
    for (std::size_t at = 27; at < image.size(); ++at) {
      std::string bytes = image;
      bytes[at] = '\x7f';
      if (TryImage(bytes) == kWordless) return 1;
    }
    return 0;
  });
  EXPECT_EQ(outcome, 0);
}

TEST(Hostile, TruncatedAtEveryLength) { TryTruncations(TinyImage("", true), 1U << 30); }
TEST(Hostile, TruncatedReference) { TryTruncations(ReferenceImage(), 500); }

TEST(Hostile, MutantsOfATinyPolicy) {
  const Tally tally = TryMutants(
      TinyImage(
          "(boolean x true) (booleanif (not x) (true (allow a_t target_t (thing (read)))))"
          "(typeattribute both) (typeattributeset both (b_t a_t)) (expandtypeattribute both false)"
          "(allow both target_t (thing (read))) (portcon tcp 80 (sys_u object_r target_t ((low) (low))))"
          "(typepermissive a_t)",
          true),
      600, 1);
  EXPECT_GT(tally.refused, 20);
  EXPECT_GT(tally.accepted, 10);
}

TEST(Hostile, MutantsOfTheReference) { TryMutants(ReferenceImage(), 200, 2); }

TEST(Hostile, InstalledPolicy) {
  const std::optional<std::string> image = ReadWhole(InstalledPath("default"));
  if (!image)
    GTEST_SKIP() << "no policy in " << InstalledPath("default") << " (package selinux-policy-default)";
  TryTruncations(*image, 60);
  TryMutants(*image, 200, 3);
}

TEST(Hostile, PrintsNothing) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  const int outcome = InChild([] {
    const std::string image = ReferenceImage();
    for (std::size_t length = 0; length < image.size(); length += 97) TryImage(image.substr(0, length));
    for (std::size_t at = 24; at < 400; at += 3) {
      std::string damaged = image;
      damaged[at] = '\x7f';
      TryImage(damaged);
    }
    return 0;
  });
  EXPECT_EQ(outcome, 0);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace appnet::sepolicy
