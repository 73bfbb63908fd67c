#include "diag/sarif_log.h"

#include <fmt/format.h>

#include <utility>

#include "diag/visible_text.h"

namespace appnet::diag {

using Json = nlohmann::ordered_json;

// Plain text of a message (SARIF 2.1.0, 3.11.5 and 3.11.6): braces stand for placeholders unless they are
// doubled, and `[text](target)` would be a link; a backslash before `]` ends no link text.
Json SarifText(std::string_view raw) {
  const std::string text = VisibleMessage(raw, true);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (text.compare(i, 2, "](") == 0) out += '\\';
    out += c;
    if (c == '{' || c == '}') out += c;
  }
  return {{"text", out}};
}

// RFC 3986: what is no unreserved character of a path is escaped, so any bytes a name may have go through.
std::string SarifUri(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return uri;
}

std::string SarifLog(SarifRun run, std::string_view version) {
  const Json json{
      {"tool",
       {{"driver",
         {{"name", "appnetc"},
          {"version", version},
          {"semanticVersion", version},
          {"rules", std::move(run.rules)}}}}},
      {"invocations", Json::array({{{"executionSuccessful", run.successful},
                                    {"toolExecutionNotifications", std::move(run.notifications)}}})},
      {"columnKind", "utf16CodeUnits"},
      {"results", std::move(run.results)}};
  const Json log{
      {"$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", Json::array({json})}};
  return log.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace appnet::diag
