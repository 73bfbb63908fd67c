#pragma once
// A policy as lowering would make it, small enough to read: one class, its rule, and unmatched labels.

#include <vector>

#include "artifact/pack.h"
#include "ir/policy.h"

namespace appnet::artifact {

inline ir::Policy SamplePolicy() {
  ir::Policy policy;
  policy.name = "workstation";
  policy.attribute = "appnet_packet_type";
  policy.kernel_type = "kernel_t";
  policy.unlabeled_type = "unlabeled_t";
  policy.loaders = {"iptables_t", "unconfined_t"};
  policy.missing_relabelto = {{"iptables_t", "unlabeled_t"}};
  policy.required_booleans = {"httpd_can_network_connect"};
  policy.booleans = {{"browser_direct", false}};
  policy.domain_attribute = "domain";
  policy.rules = {
      {"workstation.appnet", 14, "connect tcp/3128 to 10.20.0.7 via lan", {}, "ops", "NET-7", ""},
      {"lib/web.appnet", 3, "audit connect tcp/443", {"workstation.appnet:20"}, "", "", "2031-01-31"}};

  const flow::ConditionId condition = policy.conditions.Variable("browser_direct");
  ir::Label proxy{ir::LabelKind::kClass,
                  "appnet_proxy_t",
                  "system_u:object_r:appnet_proxy_t:s0",
                  true,
                  {{"chromium_t", flow::kAlways, flow::kNever}, {"mozilla_t", condition, condition}},
                  {0, 1}};
  ir::Label base{ir::LabelKind::kBase,
                 "http_client_packet_t",
                 "system_u:object_r:http_client_packet_t:s0",
                 false,
                 {},
                 {}};
  ir::Label deny{ir::LabelKind::kUnmatchedDeny,
                 "appnet_unmatched_t",
                 "system_u:object_r:appnet_unmatched_t:s0",
                 true,
                 {},
                 {}};
  ir::Label unlabeled{ir::LabelKind::kBase, "unlabeled_t", "system_u:object_r:unlabeled_t:s0", false, {}, {}};
  policy.labels = {proxy, base, deny, unlabeled};
  policy.unmatched = 2;
  policy.unmatched_forward = 3;
  policy.transit = 3;
  return policy;
}

inline std::vector<base::OutputFile> SampleParts() {
  return {
      {"workstation.nft", "table inet appnet {\n ct state new meta secmark set 1 }\n", false},
      {"workstation.cil", "(type appnet_proxy_t)\n", false},
      {"workstation.rules.v6", "*mangle\n-A appnet-out -m conntrack --ctstate NEW -j SECMARK\nCOMMIT\n",
       false},
      {"workstation.rules.v4", "*security\n-A appnet-out -m iprange -j CONNSECMARK --save\nCOMMIT\n", false}};
}

inline Inputs SampleInputs() {
  Inputs inputs;
  inputs.compiler_version = "0.1.0";
  inputs.sources = {{"workstation.appnet", std::string(64, 'a')}};
  inputs.base_policy_name = "default";
  inputs.base_policy_sha256 = std::string(64, 'b');
  inputs.base_policy_version = 33;
  inputs.base_policy_mls = true;
  return inputs;
}

}  // namespace appnet::artifact
