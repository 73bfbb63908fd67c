#pragma once
// Contract: what every SARIF 2.1.0 log of the program has in common: its frame, and how text and paths of any
// bytes go into it.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace appnet::diag {

// A message whose text says `raw` and nothing else: no placeholder, no link.
nlohmann::ordered_json SarifText(std::string_view raw);
std::string SarifUri(std::string_view path);

struct SarifRun {
  nlohmann::ordered_json rules;          // in the order of the results' ruleIndex
  nlohmann::ordered_json results;        // an array
  nlohmann::ordered_json notifications;  // likewise
  bool successful = true;
};
std::string SarifLog(SarifRun run, std::string_view version);

}  // namespace appnet::diag
