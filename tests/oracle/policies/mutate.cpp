#include "policies/mutate.h"

#include <algorithm>
#include <cctype>

#include "oracle/conversations.h"
#include "policies/minimize.h"

namespace appnet::oracle {
namespace {

using Lines = std::vector<std::string>;

Lines LinesOf(const std::string& text) {
  Lines lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

bool Means(const std::string& line) {
  const std::string words = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
  for (const char* idle : {"#", ";", ":", "table", "delete", "flags", "(boolean ", "(expandtypeattribute"}) {
    if (words.starts_with(idle)) return false;
  }
  return !words.empty();
}

// One statement by itself: neither opens nor closes anything.
bool StandsAlone(const std::string& line) {
  return line.find_first_of("{}*:") == std::string::npos && line != "COMMIT" &&
         line.find(',') == std::string::npos;
}

bool SwapLabel(std::string& line, const std::vector<std::string>& types, Random& random) {
  const std::string& from = random.Pick(types);
  const std::string& to = random.Pick(types);
  const std::size_t found = line.find(from);
  // not where a label is declared
  if (from == to || found == std::string::npos || line.find("secmark " + from) != std::string::npos)
    return false;
  line.replace(found, from.size(), to);
  return true;
}

bool MoveNumber(std::string& line, Random& random) {
  std::vector<std::size_t> digits;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool before = i == 0 || std::string_view(" .-:/,").find(line[i - 1]) != std::string_view::npos;
    if (before && std::isdigit(static_cast<unsigned char>(line[i])) != 0) digits.push_back(i);
  }
  if (digits.empty()) return false;
  const std::size_t begin = random.Pick(digits);
  std::size_t end = begin;
  while (end < line.size() && std::isdigit(static_cast<unsigned char>(line[end])) != 0) ++end;
  if (end - begin > 6) return false;
  const unsigned long number = std::stoul(line.substr(begin, end - begin));
  line.replace(begin, end - begin,
               std::to_string(number == 0 || random.Percent(50) ? number + 1 : number - 1));
  return true;
}

// Another chain, map or verdict in the place of one: the last word of some other line in the place of this
// one's.
bool SwapTarget(Lines& lines, std::size_t at, Random& random) {
  const std::string& other = lines[random.Below(lines.size())];
  const auto last = [](const std::string& line) {
    return line.rfind(' ') == std::string::npos ? 0 : line.rfind(' ') + 1;
  };
  if (!StandsAlone(lines[at]) || !StandsAlone(other) || !Means(other)) return false;
  const std::string word = other.substr(last(other));
  if (lines[at].substr(last(lines[at])) == word) return false;
  lines[at].replace(last(lines[at]), std::string::npos, word);
  return true;
}

// A word for its opposite.
bool SwapWord(std::string& line, Random& random) {
  static constexpr std::pair<const char*, const char*> kWords[] = {{"sport", "dport"},
                                                                   {"saddr", "daddr"},
                                                                   {"iifname", "oifname"},
                                                                   {"jump", "goto"},
                                                                   {"-j appnet", "-g appnet"},
                                                                   {"reply", "original"},
                                                                   {"REPLY", "ORIGINAL"},
                                                                   {"-s ", "-d "},
                                                                   {"-i ", "-o "},
                                                                   {"--save", "--restore"},
                                                                   {"new", "established"},
                                                                   {"NEW", "ESTABLISHED"},
                                                                   {"tcp", "udp"},
                                                                   {"ipv4", "ipv6"},
                                                                   {"return", "accept"},
                                                                   {"src-range", "dst-range"},
                                                                   {"invalid", "untracked"},
                                                                   {"INVALID", "UNTRACKED"},
                                                                   {"! ", ""},
                                                                   {"!=", "=="}};
  const auto& [a, b] = kWords[random.Below(std::size(kWords))];
  const bool turned = *b != '\0' && random.Percent(50);
  const std::string from = turned ? b : a;
  const std::string to = turned ? a : b;
  const std::size_t found = line.find(from);
  if (found == std::string::npos) return false;
  line.replace(found, from.size(), to);
  return true;
}

// What an iptables line is appended to; the order of lines matters within a chain alone.
std::string ChainOf(const std::string& line) {
  return line.starts_with("-A ") ? line.substr(0, line.find(' ', 3)) : "";
}

bool MutateLine(Lines& lines, std::size_t at, const std::vector<std::string>& types, Mutation mutation,
                Random& random) {
  const auto place = lines.begin() + static_cast<std::ptrdiff_t>(at);
  switch (random.Below(mutation == Mutation::kPlain ? 3 : 7)) {
    case 0:
      if (!StandsAlone(lines[at])) return false;
      lines.erase(place);
      return true;
    case 1:
      return SwapLabel(lines[at], types, random);
    case 2:
      return MoveNumber(lines[at], random);
    case 3:
      if (at + 1 == lines.size() || !StandsAlone(lines[at]) || !StandsAlone(lines[at + 1]) ||
          !Means(lines[at + 1]) || ChainOf(lines[at]) != ChainOf(lines[at + 1])) {
        return false;
      }
      std::swap(lines[at], lines[at + 1]);
      return true;
    case 4: {  // an extra rule: one that stands elsewhere
      const std::string& other = lines[random.Below(lines.size())];
      if (!StandsAlone(lines[at]) || !StandsAlone(other) || !Means(other)) return false;
      lines.insert(place, other);
      return true;
    }
    case 5:
      return SwapTarget(lines, at, random);
    default:
      return SwapWord(lines[at], random);
  }
}

}  // namespace

std::string Mutate(const std::string& text, const std::vector<std::string>& types, Mutation mutation,
                   Random& random) {
  Lines lines = LinesOf(text);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const std::size_t at = random.Below(lines.size());
    if (!Means(lines[at]) || !MutateLine(lines, at, types, mutation, random)) continue;
    std::string mutant;
    for (const std::string& each : lines) mutant += each + "\n";
    return mutant;
  }
  return text;
}

std::vector<std::string> TypesOf(const ir::Policy& policy) {
  std::vector<std::string> types;
  for (const ir::Label& label : policy.labels) types.push_back(label.type);
  return types;
}

bool Noticed(Backend backend, const Compiled& compiled, const Outputs& outputs, Random& random,
             int conversations) {
  const ReferenceEvaluator reference(compiled.program, ReferencePolicy());
  const auto module = CilModel::Load(outputs.cil, ReferencePolicy());
  const auto rules = LoadRules(backend, outputs);
  if (!module || !rules) return true;
  Meaning meaning(reference, module.value());
  FlowSampler sampler(reference, random);
  for (int i = 0; i < conversations; ++i) {
    for (const Scene scene : kScenes) {
      const flow::Flow flow = sampler.Sample(DirectionFor(scene, random.Percent(50)));
      const Conversation conversation = MakeConversation(scene, flow, reference, random);
      if (!Compare(backend, *rules.value(), conversation, reference, meaning).empty()) return true;
    }
  }
  return false;
}

}  // namespace appnet::oracle
