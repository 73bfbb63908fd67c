#include "oracle/generator.h"

#include <fmt/format.h>

namespace appnet::oracle {
namespace {

using Texts = std::vector<std::string>;

const Texts kV4 = {"10.0.0.1",      "10.0.0.2",   "10.0.0.0/30",     "10.0.0.0/24", "10.0.0.3-10.0.0.9",
                   "10.0.1.0/24",   "10.0.0.0/8", "255.255.255.255", "127.0.0.1",   "192.168.7.0/25",
                   "192.168.7.128", "0.0.0.0/1",  "224.0.0.0/4",     "0.0.0.0",     "10.0.0.5-10.0.1.7",
                   "224.0.0.251",   "0.0.0.0/0"};
const Texts kV6 = {"2001:db8::1",
                   "2001:db8::/64",
                   "2001:db8::1-2001:db8::5",
                   "::1",
                   "fe80::/10",
                   "ff02::fb",
                   "2001:db8::/32",
                   "::",
                   "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                   "2001:db8:0:1::/64",
                   "ff00::/8",
                   "::/0"};
const Texts kPorts = {"tcp/80",    "tcp/443",   "tcp/80-443",     "tcp/81-90",      "tcp/*",     "udp/53",
                      "udp/50-60", "udp/*",     "sctp/5000-5100", "dccp/1",         "udplite/9", "tcp/0",
                      "tcp/65535", "udp/65535", "tcp/22",         "tcp/1024-65535", "udplite/*", "sctp/*"};
const Texts kOthers = {"icmp/echo-request",
                       "icmp/*",
                       "icmp/3:1",
                       "icmp/13",
                       "icmp/8:0",
                       "icmp/0",
                       "icmp/17",
                       "icmpv6/echo-request",
                       "icmpv6/*",
                       "icmpv6/139",
                       "icmpv6/128:1",
                       "icmpv6/135",
                       "ip/47",
                       "ip/41",
                       "ip/89",
                       "ip/1",
                       "ip/58",
                       "ip/255",
                       "icmp/3:3",
                       "icmp/255",
                       "ip/0",
                       "ip/6",
                       "ip/132"};
const Texts kInterfaces = {"\"eth0\"", "\"eth1\"", "\"enp*\"",   "\"enp3*\"",
                           "\"lo\"",   "\"wan*\"", "\"enp3s0\"", "any"};
const Texts kDomains = {"mozilla_t", "chromium_t", "sshd_t",   "httpd_t",
                        "squid_t",   "named_t",    "kernel_t", "unconfined_t"};
const Texts kPeers = {"", "", " as mozilla_t", " as httpd_t", " as unlabeled_t"};
const Texts kBooleans = {"b_one", "b_two", "httpd_enable_cgi"};
const Texts kPacketTypes = {"http_client_packet_t", "ssh_server_packet_t", "dns_client_packet_t"};

class Generator {
 public:
  Generator(Random& random, const PolicyShape& shape) : random_(random), shape_(shape) {
    // each policy draws from a few values, so that they meet
    networks_ = Some(kV4, 5);
    for (const std::string& text : Some(kV6, 3)) networks_.push_back(text);
    services_ = Some(kPorts, 4);
    for (const std::string& text : Some(kOthers, 3)) services_.push_back(text);
    for (unsigned i = 0; i < shape.values; ++i) {
      networks_.push_back(RandomNetwork());
      services_.push_back(RandomService());
    }
    interfaces_ = Some(kInterfaces, 4);
    domains_ = Some(kDomains, 4);
    booleans_ = random_.Percent(50) ? kBooleans : Texts{random_.Pick(kBooleans)};
  }

  std::string Write() {
    std::string text = "policy p;\n";
    for (const std::string& boolean : booleans_) {
      if (boolean.starts_with("b_"))
        text += fmt::format("boolean {} = {};\n", boolean, random_.Percent(50) ? "true" : "false");
    }
    if (random_.Percent(10)) text += "enforce always;\n";
    static const Texts kModes = {"base", "inherit", "inherit", "audit", "deny"};
    text += fmt::format("unmatched {};\n", random_.Pick(kModes));
    static const Texts kForwardModes = {"", "unmatched forward base;\n", "unmatched forward audit;\n",
                                        "unmatched forward deny;\n"};
    text += random_.Pick(kForwardModes);
    text += "host h0 = " + Set(networks_, 40) + ";\n";
    networks_.push_back("h0");
    text += "service s0 = " + Set(services_, 30) + ";\n";
    services_.push_back("s0");
    unsigned left = 1 + static_cast<unsigned>(random_.Below(shape_.rules));
    while (left > 0) {
      const unsigned count = 1 + static_cast<unsigned>(random_.Below(std::min(left, 3U)));
      left -= count;
      if (shape_.forward && random_.Percent(25)) {
        text += Rules(count, "", true);
      } else {
        text += fmt::format("domain {} {{\n{}}}\n", Group(), Rules(count, "  ", false));
      }
    }
    if (random_.Percent(50)) {
      const std::string& type = random_.Pick(kPacketTypes);
      text += fmt::format("label {} {{\n", type);
      for (std::size_t i = random_.Below(2) + 1; i > 0; --i)
        text += "  " + Rule(shape_.forward && random_.Percent(30), false) + "\n";
      text += "}\n";
    }
    for (unsigned i = 0; i < shape_.assertions; ++i) text += Assertion() + "\n";
    return text;
  }

 private:
  Texts Some(const Texts& all, std::size_t count) {
    Texts some;
    for (std::size_t i = 0; i < count; ++i) some.push_back(random_.Pick(all));
    return some;
  }

  // Most are single hosts close to each other, some networks and ranges around them.
  std::string RandomNetwork() {
    const std::size_t host = random_.Below(256);
    if (random_.Percent(25)) return fmt::format("2001:db8::{:x}", host);
    if (random_.Percent(20)) {
      const std::size_t bits = random_.Below(8);
      return fmt::format("10.0.0.{}/{}", host >> bits << bits, 32 - bits);
    }
    if (random_.Percent(20))
      return fmt::format("10.0.0.{}-10.0.{}.{}", host, 1 + random_.Below(3), random_.Below(256));
    return fmt::format("10.0.0.{}", host);
  }

  std::string RandomService() {
    const std::size_t port = random_.Below(300);
    const char* protocol = random_.Percent(70) ? "tcp" : random_.Percent(70) ? "udp" : "sctp";
    if (random_.Percent(30)) return fmt::format("{}/{}-{}", protocol, port, port + random_.Below(200));
    if (random_.Percent(10)) return fmt::format("icmp/{}:{}", random_.Below(20), random_.Below(4));
    return fmt::format("{}/{}", protocol, port);
  }

  std::string Union(const Texts& items) {
    std::string text = random_.Pick(items);
    while (random_.Percent(25)) text += ", " + random_.Pick(items);
    return text;
  }

  std::string Set(const Texts& items, unsigned except) {
    if (random_.Percent(except))
      return fmt::format("{} except {}", random_.Percent(50) ? "any" : Union(items), Union(items));
    return Union(items);
  }

  std::string Group() {
    std::string text = random_.Pick(domains_);
    if (random_.Percent(20)) text += ", " + random_.Pick(domains_);
    return text;
  }

  std::string Condition(int depth) {
    const std::size_t kind = depth > 2 ? 0 : random_.Below(5);
    if (kind == 1) return "not (" + Condition(depth + 1) + ")";
    if (kind == 2) return "(" + Condition(depth + 1) + ") and (" + Condition(depth + 1) + ")";
    if (kind == 3) return "(" + Condition(depth + 1) + ") or (" + Condition(depth + 1) + ")";
    return random_.Pick(booleans_);
  }

  std::string Rules(unsigned count, const std::string& indent, bool forward) {
    std::string text;
    for (unsigned i = 0; i < count; ++i) {
      if (random_.Percent(30)) {
        text += fmt::format("{0}if {1} {{\n{0}  {2}\n{0}}}", indent, Condition(0), Rule(forward, true));
        if (random_.Percent(30))
          text += fmt::format(" else {{\n{0}  {1}\n{0}}}", indent, Rule(forward, true));
        text += "\n";
      } else {
        text += indent + Rule(forward, true) + "\n";
      }
    }
    return text;
  }

  std::string Services() { return random_.Percent(10) ? "any" : Set(services_, 10); }

  std::string Rule(bool forward, bool grants) {
    std::string text = grants && random_.Percent(20) ? "audit " : "";
    if (forward) {
      text += "forward " + Services();
      if (random_.Percent(60)) text += " from " + Set(networks_, 15);
      if (random_.Percent(60)) text += " to " + Set(networks_, 15);
      if (random_.Percent(50)) text += fmt::format(" via {} -> {}", Interfaces(), Interfaces());
      if (grants) text += random_.Pick(kPeers);
      return text + ";";
    }
    const bool connect = random_.Percent(50);
    text += (connect ? "connect " : "accept ") + Services();
    if (random_.Percent(75)) text += (connect ? " to " : " from ") + Set(networks_, 20);
    if (random_.Percent(25)) text += " at " + Set(networks_, 20);
    if (random_.Percent(40)) text += " via " + Interfaces();
    return text + ";";
  }

  // Half of the regions are narrow, so that some assertions hold.
  std::string Assertion() {
    static const Texts kForms = {"{} can", "{} cannot", "only {} can"};
    const bool forward = shape_.forward && random_.Percent(30);
    const std::string group = forward && random_.Percent(50) ? "unlabeled_t" : Group();
    std::string text =
        "assert " + fmt::format(fmt::runtime(random_.Pick(kForms)), random_.Percent(10) ? "domain" : group);
    std::string rule;
    if (random_.Percent(50)) {
      rule = Rule(forward, false);
      rule.pop_back();
    } else {
      rule = fmt::format("{} {} {} {}",
                         forward               ? "forward"
                         : random_.Percent(50) ? "connect"
                                               : "accept",
                         random_.Pick(services_), "to", random_.Pick(networks_));
      if (rule.starts_with("accept")) rule.replace(rule.find(" to "), 4, " from ");
    }
    text += " " + rule;
    if (forward) text += random_.Pick(kPeers);
    return text + ";";
  }

  std::string Interfaces() { return Set(interfaces_, 15); }

  Random& random_;
  PolicyShape shape_;
  Texts networks_, services_, interfaces_, domains_, booleans_;
};

}  // namespace

std::string GeneratePolicy(Random& random, const PolicyShape& shape) {
  return Generator(random, shape).Write();
}

}  // namespace appnet::oracle
