#pragma once
// Contract: a policy with something of everything, its rules as the backends write them, and what the
// verifier says of changed ones.

#include <string>

#include "backend/iptables/emit.h"
#include "backend/nftables/emit.h"
#include "unit/lower/lowered.h"
#include "verify/rules/compare.h"

namespace appnet::verify::rules {

inline const ir::Policy& SamplePolicy() {
  static const lower::Lowered kLowered = lower::LowerText(
      "policy p; unmatched inherit;\n"
      "domain mozilla_t { connect tcp/443 to 10.0.0.0/8 via \"eth0\"; connect udp/1000-2000 to 10.1.2.3 at "
      "10.9.9.9;\n"
      "  connect icmp/echo-request to 10.0.0.7; connect ip/47 to 2001:db8::/32; }\n"
      "domain chromium_t { connect tcp/443 to 10.0.0.5, 2001:db8::1; connect sctp/5000 to any except "
      "10.4.0.0/16; }\n"
      "domain sshd_t { audit accept tcp/22 from 10.0.0.0/8 via \"wl*\"; accept tcp/22 from 10.3.3.3; }\n"
      "forward tcp/443 from 10.0.0.0/24, 2001:db8:1::/64 via \"eth0\" -> \"wl*\" as mozilla_t;\n"
      "unmatched forward deny;\n");
  return *kLowered.policy;
}

struct SampleTexts {
  std::string nft, v4, v6;
};
inline const SampleTexts& Texts() {
  static const SampleTexts kTexts = [] {
    const auto files = backend::iptables::Emit(SamplePolicy());
    return SampleTexts{backend::nftables::Emit(SamplePolicy()).bytes, files[0].bytes, files[1].bytes};
  }();
  return kTexts;
}

inline std::string Said(const RuleTexts& texts) {
  std::string said;
  for (const Mismatch& mismatch : CompareRules(SamplePolicy(), texts)) said += mismatch.text + "\n";
  return said;
}
inline std::string OfNft(const std::string& text) { return Said({text, std::nullopt, std::nullopt}); }
inline std::string OfV4(const std::string& text) { return Said({std::nullopt, text, std::nullopt}); }
inline std::string OfV6(const std::string& text) { return Said({std::nullopt, std::nullopt, text}); }

// The text with one place changed; the place must be there.
inline std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << "\n" << text;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

}  // namespace appnet::verify::rules
