// Prints random policies with flows that the guest of these tests can send, and what the reference evaluator
// says of each:
//
//   random_policies BASE-POLICY SEED POLICIES FLOWS FOLDER
//
// The policies are written to FOLDER, the rest is JSON on standard output. Each flow has the checks that the
// kernel makes, in their order: who, what, and whether it is allowed. The first that is not decides.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "base/ip_address.h"
#include "oracle/generator.h"
#include "oracle/packet.h"
#include "oracle/reference_evaluator.h"
#include "oracle/understand.h"

namespace appnet::oracle {
namespace {

using Texts = std::vector<std::string>;

// Around the edges of the generator's networks, services and names.
const Texts kV4 = {"10.0.0.1",   "10.0.0.2",   "10.0.0.3",    "10.0.0.4",      "10.0.0.9",   "10.0.0.10",
                   "10.0.1.7",   "10.0.1.8",   "10.200.0.1",  "192.168.7.127", "11.0.0.1",   "192.168.7.128",
                   "172.16.0.1", "10.0.0.200", "192.168.7.5", "100.64.0.1",    "192.168.8.1"};
const Texts kV6 = {"2001:db8::1",   "2001:db8::5",         "2001:db8::6", "2001:db8:0:1::1",
                   "2001:db8:2::2", "2001:db8:0:1:ffff::", "2001:db9::1"};
struct Service {
  const char* protocol;
  unsigned number;
  unsigned detail;
};
const std::vector<Service> kServices = {
    {"tcp", 6, 80},  {"tcp", 6, 443},  {"tcp", 6, 85},    {"tcp", 6, 22},    {"tcp", 6, 1024},
    {"tcp", 6, 442}, {"udp", 17, 53},  {"udp", 17, 50},   {"udp", 17, 61},   {"tcp", 6, 79},
    {"udp", 17, 9},  {"tcp", 6, 3000}, {"udp", 17, 2000}, {"icmp", 1, 0x800}};
const Texts kInterfaces = {"eth0", "eth1", "enp3s0", "wan0"};
const Texts kDomains = {"mozilla_t", "chromium_t", "sshd_t",   "httpd_t",
                        "squid_t",   "named_t",    "kernel_t", "unconfined_t"};

Value Address(const std::string& text) { return base::ParseAddress(text)->value; }

class FlowWriter {
 public:
  FlowWriter(const ReferenceEvaluator& reference, Random& random) : reference_(reference), random_(random) {}

  // One flow under a setting; `allowed` says whether all of its checks are.
  nlohmann::json Next(const Setting& setting, bool& allowed) {
    setting_ = &setting;
    checks_ = nlohmann::json::array();
    allowed_ = true;
    const bool v6 = random_.Percent(30);
    const Texts& addresses = v6 ? kV6 : kV4;
    const std::string source = random_.Pick(addresses);
    std::string target = random_.Pick(addresses);
    while (target == source) target = random_.Pick(addresses);
    const std::size_t kind = random_.Below(20);
    Service service = random_.Pick(kServices);
    if (service.number == kIcmp && v6) service = {"icmpv6", kIcmpv6, 0x8000};
    const std::string one = random_.Pick(kDomains);
    const std::string other = random_.Pick(kDomains);
    const std::string in = random_.Pick(kInterfaces);
    std::string out = random_.Pick(kInterfaces);
    while (out == in) out = random_.Pick(kInterfaces);
    nlohmann::json line = {{"protocol", service.protocol},
                           {"source", source},
                           {"target", target},
                           {"client", one},
                           {"server", other},
                           {"interface", in}};
    line["port"] = service.detail;
    const bool icmp = service.number == kIcmp || service.number == kIcmpv6;
    flow::Flow flow{.direction = flow::Direction::kConnect,
                    .family = v6 ? Family::kIpv6 : Family::kIpv4,
                    .interface = 0,
                    .out = 0,
                    .peer = Address(target),
                    .self = Address(source),
                    .service = flow::ServiceValue(service.number, service.detail)};
    flow::Flow back = flow;  // as the server sees it
    back.direction = flow::Direction::kAccept;
    std::swap(back.peer, back.self);
    if (kind < 8 || (icmp && kind < 12)) {
      line["direction"] = "connect";
      flow.interface = reference_.ClassOf(in);
      Check(one, "send", flow);
      Check(one, "recv", flow);
    } else if (kind < 12) {
      line["direction"] = "accept";
      back.interface = reference_.ClassOf(in);
      Check(other, "recv", back);
      Check(other, "send", back);
    } else if (kind < 16) {
      line["direction"] = "lo";
      line["interface"] = "lo";
      Check(one, "send", flow);
      if (!icmp) Check(other, "recv", back);
      Check(icmp ? "kernel_t" : other, "send", back);
      Check(one, "recv", flow);
    } else {
      line["direction"] = "forward";
      line["out"] = out;
      flow.direction = flow::Direction::kForward;
      flow.interface = reference_.ClassOf(in);
      flow.out = reference_.ClassOf(out);
      Check("unlabeled_t", "forward", flow);
    }
    line["checks"] = checks_;
    line["what"] = Describe(reference_.Of(line["direction"] == "accept" ? back : flow), reference_);
    allowed = allowed_;
    return line;
  }

 private:
  void Check(const std::string& domain, const std::string& permission, const flow::Flow& flow) {
    const bool may = May(reference_.base().Find(domain).id, permission, reference_.Of(flow));
    checks_.push_back({domain, permission, may});
    allowed_ = allowed_ && may;
  }

  bool May(sepolicy::TypeId domain, const std::string& permission, const Outcome& outcome) const {
    const sepolicy::Policy& base = reference_.base();
    const bool kernel_sends = permission == "send" && domain == *base.KernelType();
    const bool forward = permission == "forward";
    const auto base_says = [&](sepolicy::TypeId type) {
      if (forward)
        return base.Allowed(domain, type, "packet", "forward_in").at_defaults &&
               base.Allowed(domain, type, "packet", "forward_out").at_defaults;
      return base.Allowed(domain, type, "packet", permission).at_defaults;
    };
    switch (outcome.kind) {
      case Outcome::Kind::kGoverned:
        return kernel_sends || reference_.RightOf(outcome, domain, *setting_).allowed;
      case Outcome::Kind::kBaseType:
      case Outcome::Kind::kInheritedType:
        return base_says(outcome.type);
      default:
        break;
    }
    switch (forward ? reference_.program().unmatched_forward : reference_.program().unmatched) {
      case sema::UnmatchedMode::kAudit:
        return true;
      case sema::UnmatchedMode::kDeny:
        return kernel_sends;
      default:
        return base_says(*base.UnlabeledType());
    }
  }

  const ReferenceEvaluator& reference_;
  Random& random_;
  const Setting* setting_ = nullptr;
  nlohmann::json checks_;
  bool allowed_ = true;
};

nlohmann::json WritePolicy(const sepolicy::Policy& base, std::uint64_t seed, unsigned number, unsigned flows,
                           const std::string& folder) {
  Random random(seed * 1'000'003 + number);
  for (;;) {
    std::string text = GeneratePolicy(random, {10, true, 0});
    const std::string name = fmt::format("random_{}", number);
    text.replace(0, text.find(';'), "policy " + name);
    const std::string path = fmt::format("{}/{}.appnet", folder, name);
    const std::optional<sema::Program> program = Understand(path, text, base);
    if (!program) continue;  // an empty set, say
    std::ofstream(path) << text;
    const ReferenceEvaluator reference(*program, base);
    FlowWriter writer(reference, random);
    nlohmann::json policy = {{"file", path}, {"settings", nlohmann::json::array()}};
    for (int i = 0; i < 2; ++i) {
      Setting setting;
      for (const sema::DeclaredBoolean& boolean : program->booleans)
        setting[boolean.name] = random.Percent(50);
      for (const char* known : {"httpd_enable_cgi"})
        if (text.find(known) != std::string::npos) setting[known] = random.Percent(50);
      nlohmann::json lines = nlohmann::json::array();
      // Most flows at random are unmatched and refused: a quarter each, as long as such flows are found.
      std::map<std::pair<bool, bool>, unsigned> kinds;
      for (unsigned attempt = 0; lines.size() < flows / 2; ++attempt) {
        bool allowed = false;
        nlohmann::json line = writer.Next(setting, allowed);
        unsigned& kind = kinds[{allowed, line["what"].get<std::string>().starts_with("governed")}];
        if (kind >= flows / 8 && attempt < flows * 200) continue;
        ++kind;
        lines.push_back(std::move(line));
      }
      policy["settings"].push_back({{"booleans", setting}, {"flows", lines}});
    }
    return policy;
  }
}

}  // namespace
}  // namespace appnet::oracle

int main(int count, char** words) {
  if (count != 6) return 2;
  std::ifstream file(words[1], std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  const auto base = appnet::sepolicy::Policy::Read(bytes.str(), "base");
  if (!base.ok()) {
    std::cerr << base.error().message << "\n";
    return 2;
  }
  nlohmann::json policies = nlohmann::json::array();
  for (unsigned i = 0; i < std::stoul(words[3]); ++i) {
    policies.push_back(appnet::oracle::WritePolicy(base.value(), std::stoull(words[2]), i,
                                                   static_cast<unsigned>(std::stoul(words[4])), words[5]));
  }
  std::cout << policies.dump(1) << "\n";
}
