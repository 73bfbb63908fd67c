#include "tools/examples/flow_file.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <sstream>
#include <utility>

#include "base/ip_address.h"

namespace appnet::test {
namespace {

// An end that a line leaves out: an address that no example names.
constexpr std::string_view kSomeAddress[] = {"198.18.0.1", "2001:db8:ffff::1"};

std::optional<unsigned> ReadNumber(std::string_view text, unsigned limit) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > limit) return std::nullopt;
  return value;
}

std::optional<flow::Value> ReadService(std::string_view text) {
  static const std::map<std::string_view, flow::Value> kNamed = {
      {"icmp/echo-request", flow::ServiceValue(flow::kProtocolIcmp, 8 << 8)},
      {"icmp/echo-reply", flow::ServiceValue(flow::kProtocolIcmp, 0)},
      {"icmpv6/echo-request", flow::ServiceValue(flow::kProtocolIcmpv6, 128 << 8)},
      {"icmpv6/echo-reply", flow::ServiceValue(flow::kProtocolIcmpv6, 129 << 8)}};
  static const std::map<std::string_view, unsigned> kProtocols = {{"tcp", flow::kProtocolTcp},
                                                                  {"udp", flow::kProtocolUdp},
                                                                  {"sctp", flow::kProtocolSctp},
                                                                  {"dccp", flow::kProtocolDccp},
                                                                  {"udplite", flow::kProtocolUdplite}};
  if (const auto named = kNamed.find(text); named != kNamed.end()) return named->second;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto protocol = kProtocols.find(text.substr(0, slash));
  const std::optional<unsigned> port = ReadNumber(text.substr(slash + 1), 0xffff);
  if (protocol == kProtocols.end() || !port) return std::nullopt;
  return flow::ServiceValue(protocol->second, *port);
}

// One line, word by word. Empty when it is well formed, otherwise what is wrong with it.
class Line {
 public:
  explicit Line(const std::string& text) : words_(text) {}

  std::string Read(ExpectedFlow& flow) {
    std::string verdict, direction, service;
    if (!(words_ >> verdict >> flow.domain >> direction >> service)) return "too short";
    if (verdict != "pass" && verdict != "deny") return fmt::format("`{}` is neither pass nor deny", verdict);
    flow.passes = verdict == "pass";
    if (!ReadDirection(direction, flow.direction)) return fmt::format("`{}` is no direction", direction);
    const std::optional<flow::Value> value = ReadService(service);
    if (!value) return fmt::format("`{}` is no service", service);
    flow.service = *value;
    for (std::string word; words_ >> word;) {
      std::string argument;
      if (!(words_ >> argument)) return fmt::format("nothing follows `{}`", word);
      if (std::string problem = ReadPart(word, argument, flow); !problem.empty()) return problem;
    }
    return Finish(flow);
  }

 private:
  static bool ReadDirection(std::string_view word, flow::Direction& direction) {
    for (const flow::Direction candidate : flow::kDirections) {
      if (flow::NameOf(candidate) == word) {
        direction = candidate;
        return true;
      }
    }
    return false;
  }

  std::string ReadPart(const std::string& word, const std::string& argument, ExpectedFlow& flow) {
    if (word == "via") {
      flow.interface = argument;
    } else if (word == "->") {
      flow.out = argument;
    } else if (word == "when" || word == "and") {
      const std::size_t equals = argument.find('=');
      if (equals == std::string::npos) return fmt::format("`{}` is not BOOLEAN=on or BOOLEAN=off", argument);
      flow.booleans[argument.substr(0, equals)] = argument.substr(equals + 1) == "on";
    } else if (word == "to" || word == "from" || word == "at") {
      const std::optional<base::IpAddress> address = base::ParseAddress(argument);
      if (!address) return fmt::format("`{}` is no address", argument);
      addresses_[word] = *address;
    } else {
      return fmt::format("`{}` is not a word of this form", word);
    }
    return {};
  }

  // Which address is the peer's and which our own depends on the direction.
  std::string Finish(ExpectedFlow& flow) const {
    const bool forward = flow.direction == flow::Direction::kForward;
    const std::string peer = flow.direction == flow::Direction::kAccept ? "from" : "to";
    const std::string self = forward ? "from" : "at";
    if (flow.interface.empty() || forward == flow.out.empty()) return "interfaces are missing";
    if (!addresses_.contains(peer)) return fmt::format("`{}` is missing", peer);
    if (addresses_.size() > 1 && !addresses_.contains(self)) return "an address too many";
    flow.family = addresses_.at(peer).family;
    flow.peer = addresses_.at(peer).value;
    const base::IpAddress own =
        addresses_.contains(self)
            ? addresses_.at(self)
            : *base::ParseAddress(kSomeAddress[flow.family == flow::Family::kIpv4 ? 0 : 1]);
    if (own.family != flow.family) return "addresses of two families";
    flow.self = own.value;
    return {};
  }

  std::istringstream words_;
  std::map<std::string, base::IpAddress> addresses_;
};

}  // namespace

std::variant<std::vector<ExpectedFlow>, std::string> ReadFlows(std::string_view text) {
  std::vector<ExpectedFlow> flows;
  std::istringstream lines{std::string(text)};
  unsigned number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line = line.substr(0, line.find('#'));
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    ExpectedFlow flow;
    flow.line = number;
    if (const std::string problem = Line(line).Read(flow); !problem.empty()) {
      return fmt::format("line {}: {}", number, problem);
    }
    flows.push_back(std::move(flow));
  }
  return flows;
}

}  // namespace appnet::test
