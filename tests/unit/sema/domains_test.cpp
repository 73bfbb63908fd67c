#include "unit/sema/checked.h"

namespace appnet::sema {
namespace {

using diag::Kind;

std::string Subjects(const std::string& set, const std::string& declarations = "") {
  const Checked checked = CheckBody(declarations + "domain " + set + " { connect any; }");
  if (!checked.program) return checked.Listing();
  return Text(checked.program->domain_sets.at(checked.rule(0).subjects));
}

TEST(Domains, TypesAliasesAttributesAndGroups) {
  EXPECT_EQ(Subjects("mozilla_t"), "mozilla_t");
  EXPECT_EQ(Subjects("user_mozilla_t"), "mozilla_t");
  EXPECT_EQ(Subjects("g", "group g = h, mozilla_t; group h = chromium_t, mozilla_t;"),
            "chromium_t mozilla_t");
  EXPECT_EQ(Subjects("unconfined_domain_type"), "apt_t init_t initrc_t kernel_t unconfined_t");
  EXPECT_EQ(Subjects("unconfined_domain_type except kernel_t, init_t"), "apt_t initrc_t unconfined_t");
}

TEST(Domains, Mistakes) {
  const auto only = [](const std::string& set, Kind kind, const std::string& span, const std::string& message,
                       const std::string& help = "") {
    SCOPED_TRACE(set);
    ExpectOnly(CheckBody("host intranet = 10.0.0.0/8; domain " + set + " { connect any; }"), kind, span,
               message, help);
  };
  only("mozila_t", Kind::kUnknownDomain, "mozila_t", "unknown SELinux domain `mozila_t`",
       "did you mean `mozilla_t`?");
  only("qqqqqqqq", Kind::kUnknownDomain, "qqqqqqqq", "unknown SELinux domain `qqqqqqqq`");
  only("unconfined_domian_type", Kind::kUnknownAttribute, "unconfined_domian_type",
       "unknown SELinux attribute `unconfined_domian_type`", "did you mean `unconfined_domain_type`?");
  only("etc_t", Kind::kNotADomain, "etc_t", "the type `etc_t` is no domain");
  only("sbin_t", Kind::kNotADomain, "sbin_t", "the type `sbin_t` is no domain");
  only("file_type", Kind::kAttributeNotAllDomains, "file_type",
       "the attribute `file_type` has types that are no domains");
  only("intranet", Kind::kWrongNameKind, "intranet", "`intranet` is a host, and a domain is wanted here");
  only("httpd_enable_cgi", Kind::kWrongNameKind, "httpd_enable_cgi",
       "`httpd_enable_cgi` is a boolean of the policy `reference`, and a domain is wanted here");
  only("any", Kind::kWrongNameKind, "any", "`any` stands for hosts, services and interfaces, not domains",
       "the attribute `domain` has all domains of this policy");
  only("10.0.0.1", Kind::kWrongNameKind, "10.0.0.1", "an address stands where a domain is wanted");
  only("mozilla_t except mozilla_t", Kind::kEmptySet, "mozilla_t except mozilla_t", "the set is empty");
}

TEST(Domains, TheSameMistakeAtEachPlace) {
  const Checked checked = CheckBody("domain mozila_t { connect any; } domain mozila_t { accept any; }");
  EXPECT_EQ(checked.diagnostics().size(), 2U) << checked.Listing();
}

TEST(Domains, AttributeNamesItsTypes) {
  const Checked checked = CheckBody("group g = file_type;");
  EXPECT_EQ(checked.diagnostics().at(0).span_text.rfind("has `", 0), 0U);
  EXPECT_NE(checked.diagnostics().at(0).span_text.find("and 2 more"), std::string::npos)
      << checked.diagnostics().at(0).span_text;
}

TEST(Types, LabelsAndPeers) {
  const Checked checked = CheckBody(
      "label ssh_server_packet_t { accept tcp/22; forward tcp/22; }"
      "forward tcp/80; forward tcp/81 as netlabel_peer_t; forward tcp/82 as mozilla_t;");
  ExpectClean(checked);
  // Label rules come last.
  ASSERT_EQ(checked.program->rules.size(), 5U);
  const auto subjects = [&](std::size_t i) {
    return Text(checked.program->domain_sets.at(checked.rule(i).subjects));
  };
  EXPECT_EQ(subjects(0), "unlabeled_t");
  EXPECT_EQ(subjects(1), "netlabel_peer_t");
  EXPECT_EQ(subjects(2), "mozilla_t");
  EXPECT_FALSE(checked.rule(0).label.has_value());
  EXPECT_EQ(ReferencePolicy().TypeName(checked.rule(3).label.value()), "ssh_server_packet_t");
  EXPECT_EQ(checked.rule(4).direction, flow::Direction::kForward);
}

TEST(Types, Mistakes) {
  ExpectOnly(CheckBody("label ssh_servr_packet_t { accept tcp/22; }"), Kind::kUnknownType,
             "ssh_servr_packet_t", "unknown SELinux type `ssh_servr_packet_t`",
             "did you mean `ssh_server_packet_t`?");
  ExpectOnly(CheckBody("label packet_type { accept tcp/22; }"), Kind::kAttributeNotType, "packet_type",
             "`packet_type` is an attribute, and a packet has one type");
  ExpectOnly(CheckBody("label mozilla_t { accept tcp/22; }"), Kind::kWrongNameKind, "mozilla_t",
             "`mozilla_t` is a domain, and a packet type is wanted here");
  ExpectOnly(CheckBody("group g = mozilla_t; label g { accept tcp/22; }"), Kind::kWrongNameKind, "g",
             "`g` is a group, and a type of the base policy is wanted here");
  ExpectOnly(CheckBody("forward tcp/22 as domain_x;"), Kind::kUnknownType, "domain_x",
             "unknown SELinux type `domain_x`");
  ExpectOnly(CheckBody("forward tcp/22 as packet_type;"), Kind::kAttributeNotType, "packet_type",
             "`packet_type` is an attribute, and a peer has one type");
}

}  // namespace
}  // namespace appnet::sema
