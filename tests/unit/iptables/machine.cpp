#include "unit/iptables/machine.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace appnet::backend::iptables {
namespace {

using base::Family;
using base::Interval;
using base::Value;
using Match = std::function<bool(const Packet&)>;

[[noreturn]] void Refuse(const std::string& what) { throw std::runtime_error("not understood: " + what); }

std::vector<std::string> Words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false, any = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '\\') {
      word += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
      any = true;
    } else if (c == ' ' && !quoted) {
      if (any) words.push_back(word);
      word.clear();
      any = false;
    } else {
      word += c;
      any = true;
    }
  }
  if (any) words.push_back(word);
  return words;
}

Value Address(const std::string& text) {
  const auto address = base::ParseAddress(text);
  if (!address) Refuse(text);
  return address->value;
}

Interval Network(const std::string& text) {
  const Family family = text.find(':') == std::string::npos ? Family::kIpv4 : Family::kIpv6;
  const std::size_t slash = text.find('/');
  const Value low = Address(text.substr(0, slash));
  const int bits = slash == std::string::npos ? base::AddressBits(family) : std::stoi(text.substr(slash + 1));
  const int all = base::AddressBits(family);
  const Value hosts = bits == all ? 0 : base::MaxAddress(family) >> bits;
  if ((low & hosts) != 0) Refuse("host bits in " + text);
  return {low, low | hosts};
}

Interval Range(const std::string& text, char separator,
               const std::function<Value(const std::string&)>& parse) {
  const std::size_t at = text.find(separator);
  if (at == std::string::npos) return {parse(text), parse(text)};
  const Interval range{parse(text.substr(0, at)), parse(text.substr(at + 1))};
  if (range.low >= range.high) Refuse("empty range " + text);
  return range;
}

Interval PortRange(const std::string& text) {
  const Interval range =
      Range(text, ':', [](const std::string& port) { return static_cast<Value>(std::stoul(port)); });
  if (range.high > 65535) Refuse("port " + text);
  return range;
}

bool In(const Interval& interval, Value value) { return value >= interval.low && value <= interval.high; }

Match Interface(std::string Packet::*field, std::string name) {
  if (name.size() > 15 || name.empty()) Refuse("interface " + name);
  const bool prefix = name.ends_with('+');
  if (prefix) name.pop_back();
  return [=](const Packet& packet) {
    return prefix ? (packet.*field).starts_with(name) : packet.*field == name;
  };
}

unsigned Protocol(const std::string& name, Family family) {
  if (name == "tcp") return 6;
  if (name == "udp") return 17;
  if (name == "icmp" && family == Family::kIpv4) return 1;
  if (name == "ipv6-icmp" && family == Family::kIpv6) return 58;
  const unsigned number = static_cast<unsigned>(std::stoul(name));
  if (number == 0) Refuse("protocol 0, which means all");
  return number;
}

Match Ports(const std::set<unsigned>& protocols, const std::string& option, unsigned protocol,
            const std::string& value) {
  if (!protocols.contains(protocol)) Refuse(option + " without its protocol");
  const Interval range = PortRange(value);
  const bool source = option.starts_with("--s");
  return
      [=](const Packet& packet) { return In(range, source ? packet.source_port : packet.destination_port); };
}

Match Icmp(const std::string& value, bool any_at_255) {
  const std::size_t slash = value.find('/');
  const auto type = static_cast<unsigned>(std::stoul(value.substr(0, slash)));
  if (any_at_255 && type == 255) return [](const Packet&) { return true; };
  const bool every_code = slash == std::string::npos;
  const unsigned code = every_code ? 0 : static_cast<unsigned>(std::stoul(value.substr(slash + 1)));
  return [=](const Packet& packet) {
    return packet.icmp_type == type && (every_code || packet.icmp_code == code);
  };
}

class RuleReader {
 public:
  RuleReader(std::vector<std::string> words) : words_(std::move(words)) {
    // The family is that of the file; every file names it by its addresses or ICMP only, so it is read off
    // the packet.
  }

  Machine::Rule Read() {
    while (at_ < words_.size()) ReadOption();
    return std::move(rule_);
  }

 private:
  const std::string& Next() {
    if (at_ >= words_.size()) Refuse("a rule that ends too early");
    return words_[at_++];
  }
  void Add(Match match) {
    if (negate_) {
      rule_.matches.push_back([match](const Packet& packet) { return !match(packet); });
    } else {
      rule_.matches.push_back(std::move(match));
    }
    negate_ = false;
  }

  void ReadOption() {
    const std::string option = Next();
    if (option == "!") {
      negate_ = true;
    } else if (option == "-i" || option == "-o") {
      Add(Interface(option == "-i" ? &Packet::in : &Packet::out, Next()));
    } else if (option == "-s" || option == "-d") {
      const Interval network = Network(Next());
      const bool source = option == "-s";
      Add([=](const Packet& packet) { return In(network, source ? packet.source : packet.destination); });
    } else if (option == "-p") {
      if (protocol_ != 0) Refuse("two protocols");
      const std::string value = Next();
      protocol_ = Protocol(value, value == "ipv6-icmp" ? Family::kIpv6 : Family::kIpv4);
      Add([protocol = protocol_](const Packet& packet) { return packet.protocol == protocol; });
    } else if (option == "-m") {
      module_ = Next();
    } else if (option == "-j" || option == "-g") {
      ReadTarget(option);
    } else {
      ReadMatch(option);
    }
  }

  void ReadMatch(const std::string& option) {
    if (module_ == "tcp" && option == "--tcp-flags") {
      ReadFlags();
    } else if (module_ == "tcp" || module_ == "udp") {
      if (option != "--dport" && option != "--sport") Refuse(option);
      Add(Ports({module_ == "tcp" ? 6U : 17U}, option, protocol_, Next()));
    } else if (module_ == "multiport" && (option == "--dports" || option == "--sports")) {
      Add(Ports({6, 17, 33, 132, 136}, option, protocol_, Next()));
    } else if (module_ == "icmp" && option == "--icmp-type" && protocol_ == 1) {
      Add(Icmp(Next(), true));
    } else if (module_ == "icmp6" && option == "--icmpv6-type" && protocol_ == 58) {
      Add(Icmp(Next(), false));
    } else if (module_ == "u32" && option == "--u32" && protocol_ == 1) {
      const std::string value = Next();
      static constexpr std::string_view kTypeAndCode = "0>>22&0x3C@0>>16=0x";
      if (!value.starts_with(kTypeAndCode)) Refuse(value);
      const unsigned wanted =
          static_cast<unsigned>(std::stoul(value.substr(kTypeAndCode.size()), nullptr, 16));
      Add([=](const Packet& packet) { return (packet.icmp_type << 8 | packet.icmp_code) == wanted; });
    } else if (module_ == "iprange" && (option == "--src-range" || option == "--dst-range")) {
      const Interval range = Range(Next(), '-', Address);
      const bool source = option == "--src-range";
      Add([=](const Packet& packet) { return In(range, source ? packet.source : packet.destination); });
    } else if (module_ == "pkttype" && option == "--pkt-type") {
      Add([type = Next()](const Packet& packet) { return packet.type == type; });
    } else if (module_ == "mark" && option == "--mark") {
      const auto [value, mask] = MarkValue(Next());
      Add([value = value, mask = mask](const Packet& packet) { return (packet.mark & mask) == value; });
    } else if (module_ == "connlabel" && option == "--label") {
      ReadLabel();
    } else if (module_ == "conntrack") {
      ReadConntrack(option);
    } else {
      Refuse(module_ + " " + option);
    }
  }

  void ReadFlags() {
    const auto set = [](const std::string& list) {
      std::set<std::string> flags;
      std::istringstream in(list);
      for (std::string flag; std::getline(in, flag, ',');) flags.insert(flag);
      return flags;
    };
    const std::set<std::string> looked_at = set(Next());
    const std::set<std::string> wanted = set(Next());
    Add([=](const Packet& packet) {
      return std::all_of(looked_at.begin(), looked_at.end(), [&](const std::string& flag) {
        return packet.tcp_flags.contains(flag) == wanted.contains(flag);
      });
    });
  }

  void ReadLabel() {
    const auto label = static_cast<unsigned>(std::stoul(Next()));
    const bool sets = at_ < words_.size() && words_[at_] == "--set";
    if (sets) ++at_;
    Add([=](const Packet& packet) {
      if (packet.connection == nullptr) return false;
      if (sets) packet.connection->labels.insert(label);
      return packet.connection->labels.contains(label);
    });
  }

  void ReadConntrack(const std::string& option) {
    const std::string value = Next();
    if (option == "--ctstate") {
      if (value == "DNAT") {
        Add([](const Packet& packet) {
          return packet.connection != nullptr && packet.connection->translated;
        });
      } else {
        Add([=](const Packet& packet) { return packet.state == value; });
      }
    } else if (option == "--ctstatus" && value == "EXPECTED") {
      Add([](const Packet& packet) { return packet.connection != nullptr && packet.connection->expected; });
    } else if (option == "--ctdir" && value == "REPLY") {
      Add([](const Packet& packet) { return packet.connection != nullptr && packet.reply; });
    } else if (option == "--ctreplsrc") {
      Add([network = Network(value)](const Packet& packet) {
        return packet.connection != nullptr && In(network, packet.connection->reply_source);
      });
    } else if (option == "--ctreplsrcport") {
      const Interval range = PortRange(value);
      Add([=](const Packet& packet) {
        return packet.connection != nullptr && In(range, packet.connection->reply_source_port);
      });
    } else {
      Refuse("conntrack " + option + " " + value);
    }
  }

  static std::pair<unsigned, unsigned> MarkValue(const std::string& text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) Refuse("mark " + text);
    return {static_cast<unsigned>(std::stoul(text.substr(0, slash), nullptr, 0)),
            static_cast<unsigned>(std::stoul(text.substr(slash + 1), nullptr, 0))};
  }

  void ReadTarget(const std::string& option) {
    const std::string target = Next();
    if (option == "-g") {
      rule_.go = target;
    } else if (target == "RETURN") {
      rule_.returns = true;
    } else if (target == "SECMARK") {
      if (Next() != "--selctx") Refuse("SECMARK");
      rule_.act = [context = Next()](Packet& packet) { packet.secmark = context; };
    } else if (target == "CONNSECMARK") {
      const std::string what = Next();
      if (what != "--save" && what != "--restore") Refuse(what);
      rule_.act = [save = what == "--save"](Packet& packet) {
        if (packet.connection == nullptr) return;
        std::string& from = save ? packet.secmark : packet.connection->secmark;
        std::string& to = save ? packet.connection->secmark : packet.secmark;
        if (to.empty()) to = from;  // neither overwrites
      };
    } else if (target == "MARK") {
      if (Next() != "--set-xmark") Refuse("MARK");
      const auto [value, mask] = MarkValue(Next());
      rule_.act = [value = value, mask = mask](Packet& packet) {
        packet.mark = (packet.mark & ~mask) ^ value;
      };
    } else {
      rule_.jump = target;
    }
    if (at_ != words_.size()) Refuse("words after the target");
  }

  std::vector<std::string> words_;
  std::size_t at_ = 0;
  Machine::Rule rule_;
  std::string module_;
  unsigned protocol_ = 0;
  bool negate_ = false;
};

}  // namespace

Machine::Machine(std::string_view text) {
  Table* table = nullptr;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) Refuse("a last line without its end");
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (line.size() >= 10239) Refuse("a line longer than iptables-restore reads");
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '*') {
      table = &tables_[std::string(line.substr(1))];
    } else if (line == "COMMIT") {
      table = nullptr;
    } else if (table == nullptr) {
      Refuse("a rule outside a table");
    } else if (line[0] == ':') {
      const std::string name(line.substr(1, line.find(' ') - 1));
      if (!line.ends_with(" - [0:0]") || name.size() > 28 || !table->try_emplace(name).second)
        Refuse(std::string(line));
    } else {
      std::vector<std::string> words = Words(line);
      const bool insert = words[0] == "-I";
      if (insert && words[2] != "1") Refuse(std::string(line));
      if (!insert && (words[0] != "-A" || !table->contains(words[1]))) Refuse(std::string(line));
      const std::string chain = words[1];
      words.erase(words.begin(), words.begin() + (insert ? 3 : 2));
      Rule rule = RuleReader(std::move(words)).Read();
      rule.text = std::string(line);
      (*table)[chain].push_back(std::move(rule));
    }
  }
  if (table != nullptr) Refuse("no COMMIT");
}

void Machine::Run(const std::string& table, const std::string& hook, Packet& packet) const {
  RunChain(tables_.at(table), hook, packet);
}

void Machine::RunChain(const Table& table, const std::string& chain, Packet& packet) const {
  for (const Rule& rule : table.at(chain)) {
    ++steps_;
    if (!std::all_of(rule.matches.begin(), rule.matches.end(),
                     [&](const Match& match) { return match(packet); }))
      continue;
    if (rule.act) rule.act(packet);
    if (!rule.jump.empty()) RunChain(table, rule.jump, packet);
    if (!rule.go.empty()) return RunChain(table, rule.go, packet);
    if (rule.returns) return;
  }
}

unsigned Machine::Depth() const {
  unsigned deepest = 0;
  for (const auto& named : tables_) {
    const Table& table = named.second;
    std::map<std::string, unsigned> heights;
    std::function<unsigned(const std::string&)> height = [&](const std::string& chain) -> unsigned {
      if (const auto found = heights.find(chain); found != heights.end()) return found->second;
      unsigned below = 0;
      for (const Rule& rule : table.at(chain)) {
        for (const std::string& next : {rule.jump, rule.go}) {
          if (!next.empty()) below = std::max(below, 1 + height(next));
        }
      }
      return heights[chain] = below;
    };
    for (const auto& [chain, rules] : table) deepest = std::max(deepest, height(chain));
  }
  return deepest;
}

}  // namespace appnet::backend::iptables
