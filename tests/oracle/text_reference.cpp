#include "oracle/text_reference.h"

#include <algorithm>
#include <functional>
#include <map>
#include <stdexcept>

#include "oracle/packet.h"

namespace appnet::oracle {
namespace {

using Condition = std::function<bool(const Setting&)>;
using Test = std::function<bool(const NamedFlow&)>;
// Whether a value of some field is in a set; the flow tells the family.
using Member = std::function<bool(const NamedFlow&, Value)>;
using NameMember = std::function<bool(const std::string&)>;

struct TextError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::vector<std::string> Tokens(std::string_view text) {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ' || text[i] == '\n') {
      ++i;
    } else if (std::string_view("{}();,=").find(text[i]) != std::string_view::npos) {
      tokens.emplace_back(1, text[i++]);
    } else {
      const std::size_t end = std::min(text.find_first_of(" \n{}();,=", i), text.size());
      tokens.emplace_back(text.substr(i, end - i));
      i = end;
    }
  }
  return tokens;
}

base::IpAddress Address(const std::string& text) {
  const auto address = base::ParseAddress(text);
  if (!address) throw TextError("address " + text);
  return *address;
}

Member AddressItem(const std::string& text) {
  base::IpAddress low, high;
  if (const std::size_t slash = text.find('/'); slash != std::string::npos) {
    low = high = Address(text.substr(0, slash));
    for (int bit = std::stoi(text.substr(slash + 1)); bit < base::AddressBits(low.family); ++bit) {
      high.value |= Value{1} << (base::AddressBits(low.family) - 1 - bit);
    }
  } else if (const std::size_t dash = text.find('-'); dash != std::string::npos) {
    low = Address(text.substr(0, dash));
    high = Address(text.substr(dash + 1));
  } else {
    low = high = Address(text);
  }
  return [=](const NamedFlow& flow, Value value) {
    return flow.numbers.family == low.family && low.value <= value && value <= high.value;
  };
}

Member ServiceItem(const std::string& text) {
  static const std::map<std::string, unsigned> kProtocols = {
      {"tcp", kTcp},         {"udp", kUdp},   {"sctp", kSctp},    {"dccp", kDccp},
      {"udplite", kUdplite}, {"icmp", kIcmp}, {"icmpv6", kIcmpv6}};
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) throw TextError("service " + text);
  const std::string word = text.substr(0, slash);
  const std::string rest = text.substr(slash + 1);
  if (word == "ip") {
    const auto number = static_cast<unsigned>(std::stoul(rest));
    return [=](const NamedFlow&, Value value) { return value >> 16 == number; };
  }
  const unsigned protocol = kProtocols.at(word);
  const bool icmp = protocol == kIcmp || protocol == kIcmpv6;
  unsigned low = 0, high = 0xffff;
  if (icmp && rest != "*") {
    const std::size_t colon = rest.find(':');
    const std::string type = rest.substr(0, colon);
    const unsigned number =
        type == "echo-request" ? (protocol == kIcmp ? 8 : 128) : static_cast<unsigned>(std::stoul(type));
    low = number << 8 |
          (colon == std::string::npos ? 0 : static_cast<unsigned>(std::stoul(rest.substr(colon + 1))));
    high = colon == std::string::npos ? low | 0xff : low;
  } else if (rest != "*") {
    const std::size_t dash = rest.find('-');
    low = static_cast<unsigned>(std::stoul(rest.substr(0, dash)));
    high = dash == std::string::npos ? low : static_cast<unsigned>(std::stoul(rest.substr(dash + 1)));
  }
  return [=](const NamedFlow& flow, Value value) {
    if (icmp && (flow.numbers.family == Family::kIpv4) != (protocol == kIcmp)) return false;
    return value >> 16 == protocol && low <= (value & 0xffff) && (value & 0xffff) <= high;
  };
}

NameMember InterfaceItem(const std::string& text) {
  if (text.size() < 3 || text.front() != '"') throw TextError("interface " + text);
  const std::string name = text.substr(1, text.size() - 2);
  if (name.back() != '*') return [=](const std::string& actual) { return actual == name; };
  return [=](const std::string& actual) { return actual.rfind(name.substr(0, name.size() - 1), 0) == 0; };
}

}  // namespace

struct TextReference::Contents {
  struct Rule {
    flow::Direction direction = flow::Direction::kConnect;
    std::set<std::string> subjects;
    std::string label;
    bool audited = false;
    Condition condition;
    std::vector<Test> tests;
  };
  std::vector<Rule> rules;
  std::map<std::string, Member> hosts, services;
  std::string unmatched, unmatched_forward = "base";
};

class TextReference::Reader {
 public:
  Reader(std::string_view text, Contents& contents) : tokens_(Tokens(text)), contents_(contents) {}

  void Read() {
    while (position_ < tokens_.size()) Statement({}, "", [](const Setting&) { return true; });
  }

 private:
  const std::string& Peek() const {
    if (position_ >= tokens_.size()) throw TextError("text ends early");
    return tokens_[position_];
  }
  std::string Next() {
    std::string token = Peek();
    ++position_;
    return token;
  }
  bool Take(const std::string& token) {
    if (Peek() != token) return false;
    ++position_;
    return true;
  }
  void Expect(const std::string& token) {
    if (!Take(token)) throw TextError("expected " + token + ", found " + Peek());
  }

  // Items up to the end of the set; the comma after `except` belongs to what is taken away.
  template <typename M>
  M Set(const std::function<M(const std::string&)>& item, const M& any) {
    std::vector<M> kept, removed;
    std::vector<M>* into = &kept;
    while (true) {
      const std::string text = Next();
      into->push_back(text == "any" ? any : item(text));
      if (Take(",")) continue;
      if (!Take("except")) break;
      into = &removed;
    }
    return Difference(kept, removed);
  }
  static Member Difference(const std::vector<Member>& kept, const std::vector<Member>& removed) {
    return [=](const NamedFlow& flow, Value value) {
      const auto in = [&](const Member& member) { return member(flow, value); };
      return std::any_of(kept.begin(), kept.end(), in) && std::none_of(removed.begin(), removed.end(), in);
    };
  }
  static NameMember Difference(const std::vector<NameMember>& kept, const std::vector<NameMember>& removed) {
    return [=](const std::string& name) {
      const auto in = [&](const NameMember& member) { return member(name); };
      return std::any_of(kept.begin(), kept.end(), in) && std::none_of(removed.begin(), removed.end(), in);
    };
  }

  Member Hosts() {
    return Set<Member>(
        [&](const std::string& text) {
          return contents_.hosts.contains(text) ? contents_.hosts.at(text) : AddressItem(text);
        },
        [](const NamedFlow&, Value) { return true; });
  }
  Member Services() {
    return Set<Member>(
        [&](const std::string& text) {
          return contents_.services.contains(text) ? contents_.services.at(text) : ServiceItem(text);
        },
        [](const NamedFlow&, Value) { return true; });
  }
  NameMember Interfaces() {
    return Set<NameMember>(InterfaceItem, [](const std::string&) { return true; });
  }

  Condition Disjunction() {
    Condition left = Conjunction();
    while (Take("or")) {
      left = [left, right = Conjunction()](const Setting& s) { return left(s) || right(s); };
    }
    return left;
  }
  Condition Conjunction() {
    Condition left = Negation();
    while (Take("and")) {
      left = [left, right = Negation()](const Setting& s) { return left(s) && right(s); };
    }
    return left;
  }
  Condition Negation() {
    if (Take("not")) return [inner = Negation()](const Setting& s) { return !inner(s); };
    if (Take("(")) {
      Condition inner = Disjunction();
      Expect(")");
      return inner;
    }
    return [name = Next()](const Setting& s) { return s.at(name); };
  }

  void Block(const std::set<std::string>& subjects, const std::string& label, const Condition& condition) {
    Expect("{");
    while (!Take("}")) Statement(subjects, label, condition);
  }

  void Statement(const std::set<std::string>& subjects, const std::string& label,
                 const Condition& condition) {
    const std::string word = Next();
    if (word == "policy" || word == "boolean" || word == "enforce") {
      while (Next() != ";") {
      }
    } else if (word == "unmatched") {
      std::string& mode = Take("forward") ? contents_.unmatched_forward : contents_.unmatched;
      mode = Next();
      Expect(";");
    } else if (word == "host" || word == "service") {
      const std::string name = Next();
      Expect("=");
      if (word == "host") {
        contents_.hosts[name] = Hosts();
      } else {
        contents_.services[name] = Services();
      }
      Expect(";");
    } else if (word == "domain") {
      std::set<std::string> domains;
      do domains.insert(Next());
      while (Take(","));
      Block(domains, "", condition);
    } else if (word == "label") {
      const std::string type = Next();
      Block({}, type, condition);
    } else if (word == "if") {
      const Condition inner = Disjunction();
      Block(subjects, label, [=](const Setting& s) { return condition(s) && inner(s); });
      if (position_ < tokens_.size() && Take("else")) {
        Block(subjects, label, [=](const Setting& s) { return condition(s) && !inner(s); });
      }
    } else if (word == "audit") {
      Rule(Next(), true, subjects, label, condition);
    } else {
      Rule(word, false, subjects, label, condition);
    }
  }

  void Rule(const std::string& word, bool audited, const std::set<std::string>& subjects,
            const std::string& label, const Condition& condition) {
    static const std::map<std::string, flow::Direction> kDirections = {
        {"connect", flow::Direction::kConnect},
        {"accept", flow::Direction::kAccept},
        {"forward", flow::Direction::kForward}};
    if (!kDirections.contains(word)) throw TextError("unknown word " + word);
    Contents::Rule rule{kDirections.at(word), subjects, label, audited, condition, {}};
    const bool forward = rule.direction == flow::Direction::kForward;
    if (forward && label.empty()) rule.subjects = {"unlabeled_t"};
    const auto test = [&](const Member& member, Value flow::Flow::*field) {
      rule.tests.push_back([=](const NamedFlow& flow) { return member(flow, flow.numbers.*field); });
    };
    test(Services(), &flow::Flow::service);
    while (!Take(";")) {
      const std::string part = Next();
      if (part == "from") {
        test(Hosts(), forward ? &flow::Flow::self : &flow::Flow::peer);
      } else if (part == "to") {
        test(Hosts(), &flow::Flow::peer);
      } else if (part == "at") {
        test(Hosts(), &flow::Flow::self);
      } else if (part == "via") {
        rule.tests.push_back([in = Interfaces()](const NamedFlow& flow) { return in(flow.interface); });
        if (Take("->"))
          rule.tests.push_back([out = Interfaces()](const NamedFlow& flow) { return out(flow.out); });
      } else if (part == "as") {
        rule.subjects = {Next()};
      } else {
        throw TextError("unknown part " + part);
      }
    }
    contents_.rules.push_back(std::move(rule));
  }

  std::vector<std::string> tokens_;
  std::size_t position_ = 0;
  Contents& contents_;
};

TextReference::TextReference(std::unique_ptr<Contents> contents) : contents_(std::move(contents)) {}
TextReference::TextReference(TextReference&&) noexcept = default;
TextReference::~TextReference() = default;
const std::string& TextReference::unmatched() const { return contents_->unmatched; }
const std::string& TextReference::unmatched_forward() const { return contents_->unmatched_forward; }

base::Result<TextReference> TextReference::Read(std::string_view text) {
  auto contents = std::make_unique<Contents>();
  try {
    Reader(text, *contents).Read();
  } catch (const std::exception& error) {
    return base::Error{error.what()};
  }
  return TextReference(std::move(contents));
}

std::vector<TextMatch> TextReference::Matches(const NamedFlow& flow,
                                              const std::vector<Setting>& settings) const {
  std::vector<TextMatch> matches;
  for (const Contents::Rule& rule : contents_->rules) {
    if (rule.direction != flow.direction) continue;
    if (!std::all_of(rule.tests.begin(), rule.tests.end(), [&](const Test& test) { return test(flow); }))
      continue;
    TextMatch match{rule.subjects, rule.label, rule.audited, {}};
    for (const Setting& setting : settings) match.holds.push_back(rule.condition(setting));
    matches.push_back(std::move(match));
  }
  std::sort(matches.begin(), matches.end());
  return matches;
}

}  // namespace appnet::oracle
