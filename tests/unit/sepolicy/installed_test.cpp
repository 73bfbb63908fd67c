// Debian's policies: our answers are those of setools, fact for fact, and the numbers that the design rests
// on hold.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <iterator>
#include <map>
#include <set>

#include "sepolicy/constraints.h"
#include "unit/sepolicy/policies.h"

namespace appnet::sepolicy {
namespace {

constexpr char kPython[] = "/usr/bin/python3";

struct Question {
  std::string target;  // or "self", or an attribute: each of its types
  std::string object_class;
  std::string permission;
};

std::vector<Question> Questions() {
  std::vector<Question> questions;
  for (const char* target : {"packet_type", "unlabeled_t"}) {
    for (const char* permission : {"send", "recv", "relabelto", "forward_in", "forward_out"}) {
      questions.push_back({target, "packet", permission});
    }
  }
  for (const char* target : {"http_port_t", "ssh_port_t", "unreserved_port_t", "port_t"}) {
    for (const char* permission : {"name_connect", "name_bind"})
      questions.push_back({target, "tcp_socket", permission});
  }
  questions.push_back({"netlabel_peer_t", "peer", "recv"});
  questions.push_back({"unlabeled_t", "peer", "recv"});
  questions.push_back({"node_t", "node", "sendto"});
  questions.push_back({"netif_t", "netif", "egress"});
  questions.push_back({"security_t", "security", "setenforce"});
  questions.push_back({"self", "capability", "net_admin"});
  questions.push_back({"self", "capability", "net_raw"});
  questions.push_back({"self", "packet_socket", "create"});
  questions.push_back({"self", "bpf", "prog_load"});
  return questions;
}

// With each type that an attribute stands for in its place.
std::vector<Question> QuestionsOn(const Policy& policy) {
  std::vector<Question> questions;
  for (const Question& question : Questions()) {
    const NameLookup found = policy.Find(question.target);
    if (found.kind != NameLookup::Kind::kAttribute) {
      questions.push_back(question);
      continue;
    }
    for (const TypeId type : policy.TypesOf(found.id))
      questions.push_back({policy.TypeName(type), question.object_class, question.permission});
  }
  return questions;
}

using Facts = std::set<std::string>;

std::string Line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) line += (line.empty() ? "" : "\t") + field;
  return line;
}

void AddAccess(Facts& facts, const Policy& policy, TypeId source, const Question& question,
               const Access& access) {
  facts.insert(
      Line({"access", policy.TypeName(source), question.target, question.object_class, question.permission,
            std::to_string(access.always), std::to_string(access.at_defaults)}));
}

Facts OurFacts(const Policy& policy) {
  Facts facts = {Line({"version", std::to_string(policy.version())}),
                 Line({"mls", std::to_string(policy.mls())}),
                 Line({"unknown", std::string(policy.handle_unknown())})};
  for (TypeId type = 0; type < policy.type_count(); ++type) {
    facts.insert(Line({"type", policy.TypeName(type), std::to_string(policy.IsPermissive(type))}));
  }
  for (const std::string_view name : policy.AllNames()) {
    const NameLookup found = policy.Find(name);
    if (found.alias) facts.insert(Line({"alias", std::string(name), policy.TypeName(found.id)}));
  }
  for (AttributeId attribute = 0; attribute < policy.attribute_count(); ++attribute) {
    std::string members;
    for (const TypeId type : policy.TypesOf(attribute))
      members += (members.empty() ? "" : " ") + policy.TypeName(type);
    facts.insert(Line({"attribute", policy.AttributeName(attribute), members}));
  }
  for (BooleanId boolean = 0; boolean < policy.boolean_count(); ++boolean) {
    facts.insert(
        Line({"boolean", policy.BooleanName(boolean), std::to_string(policy.BooleanDefault(boolean))}));
  }
  for (const char* sid : {"kernel",
                          "security",
                          "unlabeled",
                          "fs",
                          "file",
                          "file_labels",
                          "init",
                          "any_socket",
                          "port",
                          "netif",
                          "netmsg",
                          "node",
                          "igmp_packet",
                          "icmp_socket",
                          "tcp_socket",
                          "sysctl_modprobe",
                          "sysctl",
                          "sysctl_fs",
                          "sysctl_kernel",
                          "sysctl_net",
                          "sysctl_net_unix",
                          "sysctl_vm",
                          "sysctl_dev",
                          "kmod",
                          "policy",
                          "scmp_packet",
                          "devnull"}) {
    if (const auto type = policy.InitialSidType(sid))
      facts.insert(Line({"sid", sid, policy.TypeName(*type)}));
  }
  for (std::size_t i = 0; i < policy.PortLabels().size(); ++i) {
    const PortLabel& port = policy.PortLabels()[i];
    facts.insert(Line({"port", std::to_string(i), std::to_string(port.protocol), std::to_string(port.low),
                       std::to_string(port.high), policy.TypeName(port.type)}));
  }
  for (const Question& question : QuestionsOn(policy)) {
    if (question.target == "self") {
      for (TypeId type = 0; type < policy.type_count(); ++type) {
        const Access access = policy.Allowed(type, type, question.object_class, question.permission);
        if (access.ever) AddAccess(facts, policy, type, question, access);
      }
    } else {
      const TypeId target = TypeNamed(policy, question.target);
      for (const auto& [source, access] :
           policy.Holders(target, question.object_class, question.permission)) {
        AddAccess(facts, policy, source, question, access);
      }
    }
  }
  return facts;
}

// No value when setools isn't there.
std::optional<Facts> SetoolsFacts(const std::string& policy) {
  std::string command =
      std::string(kPython) + " " + APPNET_SOURCE_DIR "/tests/unit/sepolicy/ask_setools.py " + policy;
  for (const Question& question : Questions()) {
    command += " " + question.target + ":" + question.object_class + ":" + question.permission;
  }
  FILE* answers = popen((command + " 2>&1").c_str(), "r");
  if (answers == nullptr) return std::nullopt;
  std::string text;
  char part[65536];
  while (const std::size_t size = fread(part, 1, sizeof part, answers)) text.append(part, size);
  const bool ok = pclose(answers) == 0;
  if (!ok && text.find("No module named") != std::string::npos) return std::nullopt;
  EXPECT_TRUE(ok) << text;
  Facts facts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    facts.insert(text.substr(at, end - at));
    at = end + 1;
  }
  return facts;
}

class Installed : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    bytes_ = ReadWhole(InstalledPath(GetParam()));
    if (!bytes_) {
      GTEST_SKIP() << "no policy in " << InstalledPath(GetParam()) << " (package selinux-policy-"
                   << GetParam() << ")";
    }
    base::Result<Policy> read = Policy::Read(*bytes_, GetParam());
    ASSERT_TRUE(read.ok()) << read.error().message;
    policy_.emplace(std::move(read).value());
  }

  // Holders by how they hold: {always, only by a boolean}.
  std::pair<int, int> Count(std::string_view target, std::string_view object_class,
                            std::string_view permission) const {
    std::pair<int, int> count;
    for (const auto& holder : policy_->Holders(TypeNamed(*policy_, target), object_class, permission)) {
      ++(holder.access.always ? count.first : count.second);
    }
    return count;
  }

  std::optional<std::string> bytes_;
  std::optional<Policy> policy_;
};

TEST_P(Installed, AnswersAreThoseOfSetools) {
  if (access(kPython, X_OK) != 0) GTEST_SKIP() << "no " << kPython;
  const std::optional<Facts> theirs = SetoolsFacts(InstalledPath(GetParam()));
  if (!theirs) GTEST_SKIP() << kPython << " has no setools (package python3-setools)";
  const Facts ours = OurFacts(*policy_);
  EXPECT_GT(ours.size(), 9000U);
  std::vector<std::string> only_ours;
  std::vector<std::string> only_theirs;
  std::set_difference(ours.begin(), ours.end(), theirs->begin(), theirs->end(),
                      std::back_inserter(only_ours));
  std::set_difference(theirs->begin(), theirs->end(), ours.begin(), ours.end(),
                      std::back_inserter(only_theirs));
  for (const std::string& fact : only_ours) ADD_FAILURE() << "only ours: " << fact;
  for (const std::string& fact : only_theirs) ADD_FAILURE() << "only setools': " << fact;
}

TEST_P(Installed, ExactConditionsAtTheDefaultsAreTheLooseAnswer) {
  std::map<std::string, bool> defaults;
  for (BooleanId boolean = 0; boolean < policy_->boolean_count(); ++boolean)
    defaults[policy_->BooleanName(boolean)] = policy_->BooleanDefault(boolean);
  flow::Conditions conditions;
  std::set<std::string> texts;
  for (const Question& question : QuestionsOn(*policy_)) {
    if (question.target == "self") continue;
    const TypeId target = TypeNamed(*policy_, question.target);
    const auto loose = policy_->Holders(target, question.object_class, question.permission);
    const auto exact =
        policy_->HoldersWhen(target, question.object_class, question.permission, conditions).value();
    ASSERT_EQ(exact.size(), loose.size()) << question.target << " " << question.permission;
    for (std::size_t i = 0; i < exact.size(); ++i) {
      EXPECT_EQ(exact[i].source, loose[i].source);
      EXPECT_EQ(exact[i].when == flow::kAlways, loose[i].access.always);
      EXPECT_EQ(conditions.Holds(exact[i].when, defaults), loose[i].access.at_defaults);
      texts.insert(policy_->TypeName(exact[i].source) + " " + question.target + " " + question.permission +
                   " if " + conditions.Text(exact[i].when));
    }
  }
  for (const char* known :
       {"ftpd_t mysqld_client_packet_t send if ftpd_connect_all_unreserved or ftpd_connect_db",
        "httpd_t http_client_packet_t send if httpd_can_network_connect or httpd_can_network_relay or "
        "httpd_graceful_shutdown",
        "named_t http_port_t name_bind if named_tcp_bind_http_port", "init_t unlabeled_t send if always"}) {
    EXPECT_TRUE(texts.contains(known)) << known;
  }
}

TEST_P(Installed, NumbersTheDesignRestsOn) {
  using Pair = std::pair<int, int>;
  EXPECT_EQ(Count("unlabeled_t", "packet", "send"), Pair(24, 0));
  EXPECT_EQ(Count("unlabeled_t", "packet", "forward_in"), Pair(25, 0));
  EXPECT_EQ(Count("http_client_packet_t", "packet", "relabelto"), Pair(25, 0));
  EXPECT_EQ(policy_->SourcesOf("packet", "relabelto").size(), 25U);
  EXPECT_EQ(Count("http_port_t", "tcp_socket", "name_connect"), Pair(141, 20));
  EXPECT_EQ(Count("http_port_t", "tcp_socket", "name_bind"), Pair(35, 5));
  EXPECT_EQ(Count("ssh_port_t", "tcp_socket", "name_connect"), Pair(115, 21));
}

TEST_P(Installed, Domains) {
  ASSERT_TRUE(policy_->DomainAttribute());
  EXPECT_EQ(policy_->AttributeName(*policy_->DomainAttribute()), "domain");
  EXPECT_EQ(policy_->Domains().size(), std::string_view(GetParam()) == "mls" ? 675U : 674U);
  EXPECT_TRUE(policy_->IsDomain(TypeNamed(*policy_, "httpd_t")));
  EXPECT_FALSE(policy_->IsDomain(TypeNamed(*policy_, "unlabeled_t")));
}

TEST_P(Installed, ContextsCarryTheLevelThePolicyNeeds) {
  EXPECT_EQ(policy_->PacketContext("my_t"), "system_u:object_r:my_t:s0");
  for (TypeId type = 0; type < policy_->type_count(); type += 97) {
    const std::string context = policy_->PacketContext(policy_->TypeName(type));
    EXPECT_TRUE(policy_->IsValidContext(context)) << context;
  }
  EXPECT_TRUE(policy_->IsValidContext(policy_->UnlabeledContext()));
  const bool multilevel = std::string_view(GetParam()) == "mls";
  EXPECT_EQ(policy_->UnlabeledContext(),
            multilevel ? "system_u:object_r:unlabeled_t:s15:c0.c1023" : "system_u:object_r:unlabeled_t:s0");
}

TEST_P(Installed, PortsByFirstMatch) {
  const auto first = [&](unsigned protocol, std::uint16_t port) -> std::string {
    for (const PortLabel& label : policy_->PortLabels()) {
      if (label.protocol == protocol && label.low <= port && port <= label.high)
        return policy_->TypeName(label.type);
    }
    return policy_->TypeName(policy_->InitialSidType("port").value());
  };
  EXPECT_EQ(first(6, 443), "http_port_t");
  EXPECT_EQ(first(6, 22), "ssh_port_t");
  EXPECT_EQ(first(6, 8080), "http_cache_port_t");
  EXPECT_EQ(first(6, 9999), "unreserved_port_t");
  EXPECT_EQ(first(17, 53), "dns_port_t");
  EXPECT_EQ(first(132, 443), "reserved_port_t");
  EXPECT_EQ(first(6, 0), "port_t");
}

TEST_P(Installed, ConstraintsOfMls) {
  const base::Result<Constraints> constraints = Constraints::Of(*bytes_, GetParam());
  ASSERT_TRUE(constraints.ok());
  const auto stops = [&](const std::string& level, const std::string& packet, const char* permission) {
    return constraints.value()
        .Stops("system_u:system_r:named_t:" + level, "system_u:object_r:dns_server_packet_t:" + packet,
               "packet", permission)
        .value_or("");
  };
  const bool multilevel = std::string_view(GetParam()) == "mls";
  const std::string text = stops("s0", "s0:c1", "recv");
  EXPECT_EQ(text.starts_with("mlsconstrain packet { recv } ((l1 dom l2 -Fail-)"), multilevel) << text;
  EXPECT_EQ(stops("s0:c1", "s0:c1", "recv"), "");
  EXPECT_EQ(stops("s0", "s0", "recv"), "");
  EXPECT_EQ(stops("s0", "s0:c1", "send"), "");  // sending is not constrained
  const std::vector<std::string> contexts = constraints.value().ContextsOf("named_t");
  const auto has = [&](const char* context) { return std::ranges::count(contexts, context) == 1; };
  EXPECT_TRUE(has("system_u:system_r:named_t:s0"));
  EXPECT_TRUE(has(multilevel ? "system_u:system_r:named_t:s0-s15:c0.c1023"
                             : "system_u:system_r:named_t:s0-s0:c0.c1023"));
}

TEST_P(Installed, AsCilAndBackWithAModule) {
  const base::Result<std::string> cil = PolicyToCil(*bytes_);
  ASSERT_TRUE(cil.ok()) << cil.error().message;
  const base::Result<std::string> image =
      CompileCil({{"base.cil", cil.value()},
                  {"module.cil",
                   "(type an_web_packet_t) (roletype object_r an_web_packet_t)"
                   "(allow httpd_t an_web_packet_t (packet (send recv)))"}},
                 policy_->mls());
  ASSERT_TRUE(image.ok()) << image.error().message;
  const base::Result<Policy> linked = Policy::Read(image.value(), "linked");
  ASSERT_TRUE(linked.ok()) << linked.error().message;
  const TypeId ours = TypeNamed(linked.value(), "an_web_packet_t");
  const std::vector<Policy::Holder> holders = linked.value().Holders(ours, "packet", "send");
  ASSERT_EQ(holders.size(), 1U) << "a type outside packet_type reaches nobody by itself";
  EXPECT_EQ(linked.value().TypeName(holders[0].source), "httpd_t");
  EXPECT_EQ(linked.value().handle_unknown(), policy_->handle_unknown());
  EXPECT_EQ(linked.value().UnlabeledContext(), policy_->UnlabeledContext());
}

// In time of the processor, which a busy machine doesn't change much.
double MillisecondsSoFar() { return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

TEST_P(Installed, IsReadInAMoment) {
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const double begin = MillisecondsSoFar();
    const base::Result<Policy> policy = Policy::Read(*bytes_, GetParam());
    EXPECT_FALSE(
        policy.value().Holders(TypeNamed(policy.value(), "http_client_packet_t"), "packet", "send").empty());
    best = std::min(best, MillisecondsSoFar() - begin);
  }
  RecordProperty("milliseconds", static_cast<int>(best));
  EXPECT_LT(best, 1000.0) << "about 25 are usual in an optimised build; this bound allows for sanitizers";
}

INSTANTIATE_TEST_SUITE_P(Debian, Installed, testing::Values("default", "mls"),
                         [](const auto& store) { return std::string(store.param); });

}  // namespace
}  // namespace appnet::sepolicy
