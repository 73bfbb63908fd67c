// What libsepol 3.4 logs of a violated rule, put together from its fragments:
//
//   neverallow check failed at web.cil:6
//     (neverallow web_set http_port_t (tcp_socket (name_connect)))
//       <root>
//       call at base.cil:400
//       allow at base.cil:279
//         (allow mozilla_t http_port_t (tcp_socket (name_connect)))
//       <root>
//       ...

#include <charconv>

#include "sepolicy/cil_compiler.h"

namespace appnet::sepolicy {
namespace {

constexpr std::string_view kFailed = "neverallow check failed";

std::string_view NextLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  line.remove_prefix(begin);
  while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
  return line;
}

// "... at NAME:LINE", the last of the line's.
void ReadPlace(std::string_view line, NeverallowViolation::Place& place) {
  const std::size_t at = line.find(" at ");
  const std::size_t colon = line.rfind(':');
  if (at == std::string_view::npos || colon == std::string_view::npos || colon < at) return;
  place.name = line.substr(at + 4, colon - at - 4);
  std::from_chars(line.data() + colon + 1, line.data() + line.size(), place.line);
}

}  // namespace

std::vector<NeverallowViolation> ReadNeverallowLog(std::string_view log) {
  std::vector<NeverallowViolation> violations;
  NeverallowViolation::Place place;
  bool inside = false;
  while (!log.empty()) {
    const std::string_view line = NextLine(log);
    if (line.starts_with(kFailed)) {
      inside = true;
      violations.emplace_back();
      ReadPlace(line, violations.back().rule);
    } else if (!inside || line.empty()) {
      continue;
    } else if (line == "<root>") {
      place = {};
    } else if (line.starts_with('(')) {
      if (violations.back().rule.rule.empty()) {
        violations.back().rule.rule = line;
      } else {
        place.rule = line;
        violations.back().granted_by.push_back(place);
      }
    } else if (line.find(" at ") != std::string_view::npos) {
      ReadPlace(line, place);
    } else {
      inside = false;
    }
  }
  return violations;
}

}  // namespace appnet::sepolicy
