// A machine that already runs a module of ours gives the same answers as one that doesn't.

#include <gtest/gtest.h>

#include <string>

#include "unit/sepolicy/policies.h"

namespace appnet::sepolicy {
namespace {

constexpr char kBase[] =
    "(boolean theirs true) (booleanif theirs (true (allow a_t target_t (thing (read)))))"
    "(typeattribute domain) (typeattributeset domain (kernel_t a_t b_t)) (expandtypeattribute domain false)"
    "(allow domain target_t (thing (write)))";

// What own_module.h describes: our types, rules on base types, and a boolean with its mark.
constexpr char kModule[] =
    "(typeattribute appnet_packet_type) (typeattribute appnet_kernel) (typeattribute appnet_loader)"
    "(expandtypeattribute (appnet_packet_type appnet_kernel appnet_loader) false)"
    "(type an_web_t) (roletype object_r an_web_t) (typeattributeset appnet_packet_type an_web_t)"
    "(typeattributeset appnet_kernel kernel_t) (typeattributeset appnet_loader (a_t b_t))"
    "(allow appnet_kernel appnet_packet_type (thing (write)))"
    "(allow appnet_loader appnet_packet_type (thing (read)))"
    "(allow appnet_loader unlabeled_t (thing (read)))"
    "(boolean ours false) (booleanif ours (true (allow b_t an_web_t (thing (read)))"
    " (auditallow appnet_kernel appnet_packet_type (thing (read)))))";

TEST(OwnModule, IsLeftOutOfEveryAnswer) {
  const Policy before = TinyPolicy(kBase);
  const Policy after = TinyPolicy(std::string(kBase) + kModule);
  EXPECT_EQ(before.AllNames(), after.AllNames());
  EXPECT_EQ(before.type_count(), after.type_count());
  EXPECT_EQ(before.attribute_count(), after.attribute_count());
  EXPECT_EQ(after.Find("an_web_t").kind, NameLookup::Kind::kNone);
  EXPECT_EQ(after.Find("appnet_loader").kind, NameLookup::Kind::kNone);
  EXPECT_EQ(after.FindBoolean("ours"), std::nullopt);
  EXPECT_TRUE(after.FindBoolean("theirs"));
  EXPECT_EQ(after.boolean_count(), 1U);
  EXPECT_EQ(Names(after, after.Domains()), Names(before, before.Domains()));
  for (const char* permission : {"read", "write"}) {
    EXPECT_EQ(Names(after, after.SourcesOf("thing", permission)),
              Names(before, before.SourcesOf("thing", permission)));
    for (TypeId target = 0; target < before.type_count(); ++target) {
      const auto was = before.Holders(target, "thing", permission);
      const auto is = after.Holders(target, "thing", permission);
      ASSERT_EQ(was.size(), is.size()) << before.TypeName(target);
      for (std::size_t i = 0; i < was.size(); ++i) EXPECT_EQ(was[i].source, is[i].source);
    }
  }
}

TEST(OwnModule, NamesAloneMarkNothing) {
  const Policy policy = TinyPolicy("(type appnet_web_t) (roletype object_r appnet_web_t)");
  EXPECT_EQ(policy.Find("appnet_web_t").kind, NameLookup::Kind::kType);
}

}  // namespace
}  // namespace appnet::sepolicy
