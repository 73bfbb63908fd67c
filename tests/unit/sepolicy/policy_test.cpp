// Names, domains, contexts and the rest of a policy's inventory, on tiny policies and the reference policy.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/digest.h"
#include "unit/sepolicy/policies.h"

namespace appnet::sepolicy {
namespace {

using Strings = std::vector<std::string>;

TEST(Policy, WithoutMls) {
  const Policy policy = TinyPolicy("");
  EXPECT_FALSE(policy.mls());
  EXPECT_EQ(policy.UnlabeledContext(), "sys_u:object_r:unlabeled_t");
  EXPECT_EQ(policy.PacketContext("web_packet_t"), "sys_u:object_r:web_packet_t");
  EXPECT_TRUE(policy.IsValidContext(policy.PacketContext("target_t")));
  EXPECT_FALSE(policy.IsValidContext(policy.PacketContext("target_t") + ":low"));
}

TEST(Policy, WithMls) {
  const Policy policy = TinyPolicy("", true);
  EXPECT_TRUE(policy.mls());
  EXPECT_EQ(policy.UnlabeledContext(), "sys_u:object_r:unlabeled_t:low:red,blue-top:red.blue");
  EXPECT_EQ(policy.PacketContext("web_packet_t"), "sys_u:object_r:web_packet_t:low");
  EXPECT_TRUE(policy.IsValidContext(policy.PacketContext("target_t")));
  EXPECT_TRUE(policy.IsValidContext(policy.UnlabeledContext()));
}

TEST(Policy, TwoNeighbouringCategoriesAreNoRange) {
  std::string cil = TinyCil("");
  const std::string low = "(low (red blue))";
  cil.replace(cil.find(low), low.size(), "(low (red green))");
  const base::Result<std::string> image = CompileCil({{"tiny", cil}}, true);
  ASSERT_TRUE(image.ok());
  EXPECT_EQ(Policy::Read(image.value(), "tiny").value().UnlabeledContext(),
            "sys_u:object_r:unlabeled_t:low:red,green-top:red.blue");
}

TEST(Policy, ContextsThatAreNotValid) {
  const Policy policy = Policy::Reference().value();
  EXPECT_TRUE(policy.IsValidContext("system_u:object_r:http_client_packet_t:s0"));
  EXPECT_TRUE(policy.IsValidContext("system_u:system_r:httpd_t:s0:c0.c3"));
  const char* wrong[] = {"",
                         ":",
                         ":::",
                         "system_u",
                         "system_u:object_r",
                         "system_u:object_r:http_client_packet_t",
                         "system_u:object_r:http_client_packet_t:",
                         "system_u:object_r:http_client_packet_t:s1",
                         "system_u:object_r:http_client_packet_t:s0:c4",
                         "system_u:object_r:http_client_packet_t:s0-",
                         "system_u:object_r:nothing_t:s0",
                         "system_u:object_r:packet_type:s0",
                         "system_u:system_r:http_client_packet_t:s0",
                         "nobody_u:object_r:http_client_packet_t:s0",
                         "user_u:user_r:user_t:s0:c1",
                         "system_u:object_r:http_client_packet_t:s0\n"};
  for (const char* context : wrong) EXPECT_FALSE(policy.IsValidContext(context)) << context;
  EXPECT_FALSE(policy.IsValidContext(std::string("system_u:object_r:bin_t:s0\0x", 28)));
  EXPECT_FALSE(policy.IsValidContext(std::string(100000, ':')));
}

TEST(Policy, InitialSids) {
  const Policy policy = TinyPolicy("");
  EXPECT_EQ(policy.KernelType(), TypeNamed(policy, "kernel_t"));
  EXPECT_EQ(policy.UnlabeledType(), TypeNamed(policy, "unlabeled_t"));
  EXPECT_EQ(policy.InitialSidType("security"), TypeNamed(policy, "target_t"));
  EXPECT_EQ(policy.InitialSidType("port"), std::nullopt);
  EXPECT_EQ(policy.InitialSidType("nonsense"), std::nullopt);
  EXPECT_EQ(policy.InitialSidType(""), std::nullopt);
}

TEST(Policy, DomainsAreTheAttributeWhereThereIsOne) {
  const Policy policy = TinyPolicy(
      "(typeattribute domain) (typeattributeset domain (a_t kernel_t)) (expandtypeattribute domain false)"
      "(allow domain target_t (thing (read)))");
  EXPECT_EQ(Names(policy, policy.Domains()), (Strings{"a_t", "kernel_t"}));
  ASSERT_TRUE(policy.DomainAttribute());
  EXPECT_EQ(policy.AttributeName(*policy.DomainAttribute()), "domain");
  EXPECT_FALSE(policy.IsDomain(TypeNamed(policy, "b_t"))) << "though a role may have it";
}

TEST(Policy, DomainsAreTheRolesTypesOtherwise) {
  const Policy policy = TinyPolicy("");
  EXPECT_EQ(Names(policy, policy.Domains()), (Strings{"a_t", "b_t", "kernel_t"}));
  EXPECT_EQ(policy.DomainAttribute(), std::nullopt);
  EXPECT_TRUE(policy.IsDomain(TypeNamed(policy, "b_t")));
  EXPECT_FALSE(policy.IsDomain(TypeNamed(policy, "target_t")));
}

TEST(Policy, AnAttributeOfAnotherNameMayHoldAllDomains) {
  const Policy policy = TinyPolicy(
      "(typeattribute some) (typeattributeset some (a_t b_t)) (typeattribute every) (typeattributeset every "
      "(a_t b_t kernel_t))"
      "(expandtypeattribute (some every) false) (allow some target_t (thing (read))) (allow every target_t "
      "(thing (write)))");
  ASSERT_TRUE(policy.DomainAttribute());
  EXPECT_EQ(policy.AttributeName(*policy.DomainAttribute()), "every");
}

TEST(Policy, NamesAliasesAndAttributes) {
  const Policy policy = TinyPolicy(
      "(typealias old_t) (typealiasactual old_t a_t) (typeattribute both) (typeattributeset both (b_t a_t))"
      "(expandtypeattribute both false) (allow both target_t (thing (read)))");
  const NameLookup alias = policy.Find("old_t");
  EXPECT_EQ(alias.kind, NameLookup::Kind::kType);
  EXPECT_TRUE(alias.alias);
  EXPECT_EQ(policy.TypeName(alias.id), "a_t");
  EXPECT_FALSE(policy.Find("a_t").alias);
  const NameLookup attribute = policy.Find("both");
  ASSERT_EQ(attribute.kind, NameLookup::Kind::kAttribute);
  EXPECT_EQ(Names(policy, policy.TypesOf(attribute.id)), (Strings{"a_t", "b_t"}));
  EXPECT_TRUE(policy.Has(attribute.id, alias.id));
  EXPECT_FALSE(policy.Has(attribute.id, TypeNamed(policy, "target_t")));
  EXPECT_EQ(policy.Find("").kind, NameLookup::Kind::kNone);
  EXPECT_EQ(policy.Find("a_").kind, NameLookup::Kind::kNone);
  const std::vector<std::string_view> names = policy.AllNames();
  EXPECT_EQ(Strings(names.begin(), names.end()),
            (Strings{"a_t", "b_t", "both", "kernel_t", "old_t", "target_t", "unlabeled_t"}));
  EXPECT_EQ(policy.type_count(), 5U);
  EXPECT_EQ(policy.attribute_count(), 1U);
}

TEST(Policy, PermissiveTypes) {
  const Policy policy = TinyPolicy("(typepermissive b_t)");
  EXPECT_TRUE(policy.IsPermissive(TypeNamed(policy, "b_t")));
  EXPECT_FALSE(policy.IsPermissive(TypeNamed(policy, "a_t")));
  EXPECT_FALSE(policy.IsPermissive(TypeNamed(policy, "kernel_t")));
}

TEST(Policy, Booleans) {
  const Policy policy = TinyPolicy(
      "(boolean zebra true) (boolean ant false) (booleanif (and zebra ant) (true (allow a_t target_t (thing "
      "(read)))))");
  ASSERT_EQ(policy.boolean_count(), 2U);
  const std::optional<BooleanId> zebra = policy.FindBoolean("zebra");
  ASSERT_TRUE(zebra);
  EXPECT_EQ(policy.BooleanName(*zebra), "zebra");
  EXPECT_TRUE(policy.BooleanDefault(*zebra));
  EXPECT_FALSE(policy.BooleanDefault(policy.FindBoolean("ant").value()));
  EXPECT_EQ(policy.FindBoolean("cat"), std::nullopt);
  EXPECT_EQ(policy.FindBoolean(""), std::nullopt);
}

TEST(Policy, HandleUnknown) {
  EXPECT_EQ(TinyPolicy("").handle_unknown(), "allow");
  EXPECT_EQ(TinyPolicy("(handleunknown deny)").handle_unknown(), "deny");
  EXPECT_EQ(TinyPolicy("(handleunknown reject)").handle_unknown(), "reject");
}

TEST(Policy, PortsComeInTheKernelsOrder) {
  const Policy policy = TinyPolicy(
      "(roletype object_r a_t) (roletype object_r b_t)"
      "(portcon tcp (1 1000) (sys_u object_r target_t ((low) (low))))"
      "(portcon tcp 80 (sys_u object_r a_t ((low) (low)))) (portcon udp 80 (sys_u object_r b_t ((low) "
      "(low))))"
      "(portcon sctp (70 90) (sys_u object_r b_t ((low) (low))))");
  const auto first = [&](unsigned protocol, std::uint16_t port) -> std::string {
    for (const PortLabel& label : policy.PortLabels()) {
      if (label.protocol == protocol && label.low <= port && port <= label.high)
        return policy.TypeName(label.type);
    }
    return "none";
  };
  EXPECT_EQ(first(6, 80), "a_t");
  EXPECT_EQ(first(6, 81), "target_t");
  EXPECT_EQ(first(17, 80), "b_t");
  EXPECT_EQ(first(17, 81), "none");
  EXPECT_EQ(first(132, 90), "b_t");
}

TEST(Policy, NameDigestAndVersion) {
  const std::string image = TinyImage("");
  const Policy policy = Policy::Read(image, "mine").value();
  EXPECT_EQ(policy.name(), "mine");
  EXPECT_EQ(policy.sha256(), base::Sha256(image));
  EXPECT_EQ(policy.version(), 33U);
}

TEST(Policy, MovesAsAValue) {
  Policy policy = TinyPolicy("");
  Policy moved = std::move(policy);
  EXPECT_EQ(moved.name(), "tiny");
  moved = TinyPolicy("(type more_t) (roletype object_r more_t)");
  EXPECT_EQ(moved.Find("more_t").kind, NameLookup::Kind::kType);
}

}  // namespace
}  // namespace appnet::sepolicy
