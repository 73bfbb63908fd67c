#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "oracle/nft_lexer.h"
#include "oracle/nft_rules.h"
#include "oracle/nft_values.h"

namespace appnet::oracle::nft {
namespace {

constexpr std::size_t kMaxName = 127;
constexpr std::size_t kMaxContext = 255;
constexpr unsigned kMaxKeyBytes = 64;
constexpr unsigned kMaxJumps = 15;  // NFT_JUMP_STACK_SIZE is 16

template <typename... Arguments>
[[noreturn]] void Refuse(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  throw ParseError(fmt::format(format, std::forward<Arguments>(arguments)...));
}

bool Overlap(const Element& a, const Element& b) {
  for (std::size_t i = 0; i < a.key.size(); ++i) {
    if (a.key[i].high < b.key[i].low || b.key[i].high < a.key[i].low) return false;
  }
  return true;
}

class Checker {
 public:
  explicit Checker(const Table& table) : table_(table) {}

  void CheckAll() {
    for (const auto& [name, context] : table_.objects) {
      CheckName(name);
      if (context.empty() || context.size() > kMaxContext)
        Refuse("context of {} is {} bytes", name, context.size());
    }
    for (const auto& [name, set] : table_.sets) {
      CheckName(name);
      CheckSet(set, name);
    }
    for (const auto& [name, chain] : table_.chains) {
      CheckName(name);
      for (const Rule& rule : chain.rules) {
        for (const Statement& statement : rule.statements) CheckStatement(statement, rule.line);
      }
    }
    for (const auto& [name, chain] : table_.chains) {
      if (chain.hook) CheckDepth(name, 0);
    }
  }

 private:
  static void CheckName(const std::string& name) {
    if (name.empty() || name.size() > kMaxName) Refuse("name {} is {} bytes", name, name.size());
    if (std::isalpha(static_cast<unsigned char>(name.front())) == 0)
      Refuse("name {} does not begin with a letter", name);
  }

  void CheckVerdict(const Verdict& verdict) const {
    if (verdict.kind != Verdict::Kind::kJump && verdict.kind != Verdict::Kind::kGoto) return;
    const auto chain = table_.chains.find(verdict.chain);
    if (chain == table_.chains.end()) Refuse("no chain {}", verdict.chain);
    if (chain->second.hook) Refuse("jump to base chain {}", verdict.chain);
  }

  void CheckSet(const Set& set, const std::string& name) const {
    if (set.types.empty()) Refuse("set {} has no type", name);
    unsigned bytes = 0;
    for (const Type type : set.types) bytes += (SizeOf(type) + 3) / 4 * 4;
    if (bytes > kMaxKeyBytes) Refuse("the key of {} has {} bytes", name, bytes);
    std::vector<const Element*> elements;
    bool caught = false;
    for (const Element& element : set.elements) {
      if (set.data == Set::Data::kSecmark && !table_.objects.contains(element.object))
        Refuse("no object {}", element.object);
      if (set.data == Set::Data::kVerdict) CheckVerdict(element.verdict);
      for (std::size_t i = 0; i < element.key.size(); ++i) {
        const bool unknown = (set.types[i] == Type::kMark && element.key[i].high != 0) ||
                             (set.types[i] == Type::kInterfaceIndex && element.key[i].high > kLoopbackIndex);
        if (unknown) Refuse("{}: the number of a label or interface is not known here", name);
      }
      if (!element.key.empty()) {
        elements.push_back(&element);
      } else if (std::exchange(caught, true)) {
        Refuse("two catch-all elements in {}", name);
      }
    }
    std::sort(elements.begin(), elements.end(),
              [](const Element* a, const Element* b) { return a->key[0].low < b->key[0].low; });
    for (std::size_t i = 0; i < elements.size(); ++i) {
      for (std::size_t j = i + 1; j < elements.size() && elements[j]->key[0].low <= elements[i]->key[0].high;
           ++j) {
        if (Overlap(*elements[i], *elements[j])) Refuse("overlapping elements in {}", name);
      }
    }
  }

  void CheckLookup(const Statement& statement, Set::Data data, unsigned line) const {
    if (statement.set.empty()) return CheckSet(statement.inline_set, fmt::format("the set of line {}", line));
    const auto set = table_.sets.find(statement.set);
    if (set == table_.sets.end()) Refuse("line {}: no set {}", line, statement.set);
    if (set->second.data != data) Refuse("line {}: {} holds something else", line, statement.set);
    if (set->second.types != TypesOf(statement.key))
      Refuse("line {}: the key does not fit {}", line, statement.set);
  }

  void CheckStatement(const Statement& statement, unsigned line) const {
    const auto reads = [&](Selector selector) {
      return std::find(statement.key.begin(), statement.key.end(), selector) != statement.key.end();
    };
    switch (statement.kind) {
      case Statement::Kind::kMatch:
        // nft refuses to compare these with a constant; a verdict map is accepted
        if (reads(Selector::kSecmark) || reads(Selector::kConnectionSecmark))
          Refuse("line {}: secmark compared", line);
        if (reads(Selector::kStatus) || reads(Selector::kConnectionLabel))
          Refuse("line {}: bits compared as a whole", line);
        return CheckLookup(statement, Set::Data::kNone, line);
      case Statement::Kind::kVerdictMap:
        return CheckLookup(statement, Set::Data::kVerdict, line);
      case Statement::Kind::kMarkByMap:
        return CheckLookup(statement, Set::Data::kSecmark, line);
      case Statement::Kind::kMarkObject:
        if (!table_.objects.contains(statement.object))
          Refuse("line {}: no object {}", line, statement.object);
        return;
      case Statement::Kind::kVerdict:
        return CheckVerdict(statement.verdict);
      case Statement::Kind::kFlags:
        if (reads(Selector::kStatus) && statement.mask == ~0U)
          Refuse("line {}: the whole status compared", line);
        return;
      default:
        return;
    }
  }

  // The kernel refuses loops and stacks that are too deep, through any element of a verdict map too.
  void CheckDepth(const std::string& name, unsigned depth) {
    if (depth > kMaxJumps) Refuse("jumps too deep at {}", name);
    const auto known = deepest_.find(name);
    if (known != deepest_.end() && known->second >= depth) return;
    if (!on_path_.insert(name).second) Refuse("loop through {}", name);
    deepest_[name] = depth;
    const auto follow = [&](const Verdict& verdict) {
      if (verdict.kind == Verdict::Kind::kJump) CheckDepth(verdict.chain, depth + 1);
      if (verdict.kind == Verdict::Kind::kGoto)
        CheckDepth(verdict.chain, depth + 1);  // the kernel counts both
    };
    for (const Rule& rule : table_.chains.at(name).rules) {
      for (const Statement& statement : rule.statements) {
        if (statement.kind == Statement::Kind::kVerdict) follow(statement.verdict);
        if (statement.kind != Statement::Kind::kVerdictMap) continue;
        const Set& set = statement.set.empty() ? statement.inline_set : table_.sets.at(statement.set);
        for (const Element& element : set.elements) follow(element.verdict);
      }
    }
    on_path_.erase(name);
  }

  const Table& table_;
  std::map<std::string, unsigned> deepest_;
  std::set<std::string> on_path_;
};

}  // namespace

base::Status Check(const Table& table) {
  try {
    Checker(table).CheckAll();
    return base::Done{};
  } catch (const ParseError& error) {
    return base::Error{error.what()};
  }
}

}  // namespace appnet::oracle::nft
