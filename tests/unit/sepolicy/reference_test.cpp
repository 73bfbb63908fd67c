// The reference policy behaves like the SELinux Reference Policy in what concerns packets.

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/sepolicy/policies.h"

namespace appnet::sepolicy {
namespace {

using Strings = std::vector<std::string>;

class Reference : public testing::Test {
 protected:
  Access Packet(std::string_view source, std::string_view target, std::string_view permission) const {
    return policy_.Allowed(TypeNamed(policy_, source), TypeNamed(policy_, target), "packet", permission);
  }
  Strings Always(std::string_view target, std::string_view object_class, std::string_view permission) const {
    Strings names;
    for (const Policy::Holder& holder :
         policy_.Holders(TypeNamed(policy_, target), object_class, permission)) {
      if (holder.access.always) names.push_back(policy_.TypeName(holder.source));
    }
    return names;
  }

  const Policy policy_ = Policy::Reference().value();
  const Strings unconfined_ = {"apt_t", "init_t", "initrc_t", "kernel_t", "unconfined_t"};
};

TEST_F(Reference, Inventory) {
  EXPECT_EQ(policy_.name(), "reference");
  EXPECT_TRUE(policy_.mls());
  EXPECT_EQ(policy_.handle_unknown(), "allow");
  for (const char* name : {"kernel_t", "init_t", "unconfined_t", "iptables_t", "mozilla_t", "chromium_t",
                           "sshd_t", "httpd_t", "named_t", "squid_t", "ssh_t", "ping_t", "ntpd_t", "mysqld_t",
                           "postgresql_t", "echo_client_t", "echo_server_t"}) {
    EXPECT_TRUE(policy_.IsDomain(TypeNamed(policy_, name))) << name;
  }
  for (const char* name : {"http_port_t", "http_client_packet_t", "unlabeled_t", "bin_t", "netif_t"}) {
    EXPECT_FALSE(policy_.IsDomain(TypeNamed(policy_, name))) << name;
  }
  for (const char* name :
       {"domain", "daemon", "nsswitch_domain", "packet_type", "client_packet_type", "server_packet_type",
        "port_type", "reserved_port_type", "corenet_unconfined_type"}) {
    EXPECT_EQ(policy_.Find(name).kind, NameLookup::Kind::kAttribute) << name;
  }
  EXPECT_TRUE(policy_.Find("user_mozilla_t").alias);
  ASSERT_TRUE(policy_.DomainAttribute());
  EXPECT_EQ(policy_.AttributeName(*policy_.DomainAttribute()), "domain");
  EXPECT_EQ(policy_.Domains().size(), 32U);
}

TEST_F(Reference, InitialSids) {
  const auto name = [&](std::string_view sid) {
    return policy_.TypeName(policy_.InitialSidType(sid).value());
  };
  EXPECT_EQ(name("kernel"), "kernel_t");
  EXPECT_EQ(name("unlabeled"), "unlabeled_t");
  EXPECT_EQ(name("port"), "port_t");
  EXPECT_EQ(name("netif"), "netif_t");
  EXPECT_EQ(name("node"), "node_t");
  EXPECT_EQ(name("netmsg"), "netlabel_peer_t");
  EXPECT_EQ(name("devnull"), "null_device_t");
  EXPECT_EQ(policy_.UnlabeledContext(), "system_u:object_r:unlabeled_t:s0");
  EXPECT_EQ(policy_.PacketContext("my_packet_t"), "system_u:object_r:my_packet_t:s0");
}

TEST_F(Reference, UnlabelledPacketsAreForTheUnconfined) {
  EXPECT_EQ(Always("unlabeled_t", "packet", "send"), unconfined_);
  EXPECT_EQ(Always("unlabeled_t", "packet", "recv"), unconfined_);
  EXPECT_EQ(Always("unlabeled_t", "packet", "relabelto"), unconfined_);
  Strings forwarding = unconfined_;
  forwarding.push_back("unlabeled_t");
  EXPECT_EQ(Always("unlabeled_t", "packet", "forward_in"), forwarding);
}

TEST_F(Reference, LoadersAreTheUnconfinedAndIptables) {
  EXPECT_EQ(Names(policy_, policy_.SourcesOf("packet", "relabelto")),
            (Strings{"apt_t", "init_t", "initrc_t", "iptables_t", "kernel_t", "unconfined_t"}));
  EXPECT_FALSE(Packet("iptables_t", "http_client_packet_t", "send").ever);
  EXPECT_TRUE(Packet("iptables_t", "http_client_packet_t", "relabelto").always);
}

TEST_F(Reference, BooleansOpenWhatTheyDoInTheRealPolicy) {
  const Access httpd = Packet("httpd_t", "ssh_client_packet_t", "send");
  EXPECT_TRUE(httpd.ever);
  EXPECT_FALSE(httpd.at_defaults);
  const TypeId squid = TypeNamed(policy_, "squid_t");
  const Access raw = policy_.Allowed(squid, squid, "capability", "net_raw");
  EXPECT_TRUE(raw.at_defaults);
  EXPECT_FALSE(raw.always);
  const TypeId unconfined = TypeNamed(policy_, "unconfined_t");
  EXPECT_TRUE(
      policy_.Allowed(unconfined, TypeNamed(policy_, "security_t"), "security", "load_policy").at_defaults);
}

TEST_F(Reference, PortsNameTheirPackets) {
  std::size_t labelled = 0;
  for (const PortLabel& label : policy_.PortLabels()) {
    std::string name = policy_.TypeName(label.type);
    ASSERT_TRUE(name.ends_with("_port_t")) << name;
    name.resize(name.size() - std::string_view("_port_t").size());
    const bool client = policy_.Find(name + "_client_packet_t").kind == NameLookup::Kind::kType;
    EXPECT_EQ(client, policy_.Find(name + "_server_packet_t").kind == NameLookup::Kind::kType) << name;
    labelled += client ? 1 : 0;
  }
  EXPECT_GE(labelled, 20U);
}

TEST_F(Reference, HasWhatPowersThatGoAroundLabelsNeed) {
  const struct {
    const char* object_class;
    const char* permission;
  } powers[] = {{"capability", "net_admin"},
                {"capability", "net_raw"},
                {"capability", "sys_module"},
                {"capability2", "bpf"},
                {"packet_socket", "create"},
                {"rawip_socket", "create"},
                {"xdp_socket", "create"},
                {"tun_socket", "create"},
                {"netlink_netfilter_socket", "create"},
                {"bpf", "prog_load"},
                {"security", "load_policy"},
                {"security", "setenforce"},
                {"system", "module_load"},
                {"peer", "recv"},
                {"netif", "egress"},
                {"node", "sendto"},
                {"tcp_socket", "name_connect"},
                {"tcp_socket", "name_bind"},
                {"udp_socket", "name_bind"},
                {"association", "sendto"}};
  for (const auto& [object_class, permission] : powers) {
    EXPECT_TRUE(policy_.HasPermission(object_class, permission)) << object_class << ' ' << permission;
    EXPECT_FALSE(policy_.SourcesOf(object_class, permission).empty()) << object_class << ' ' << permission;
  }
}

TEST_F(Reference, IsTheSameEachTime) { EXPECT_EQ(policy_.sha256(), Policy::Reference().value().sha256()); }

}  // namespace
}  // namespace appnet::sepolicy
