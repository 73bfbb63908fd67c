// The grammar of the nft files we expect; everything else is an error.
#include <fmt/format.h>

#include "oracle/nft_lexer.h"
#include "oracle/nft_rules.h"
#include "oracle/nft_selectors.h"
#include "oracle/nft_values.h"

namespace appnet::oracle::nft {
namespace {

constexpr const char* kTable = "appnet";

class Parser {
 public:
  explicit Parser(std::string_view text) : cursor_(Tokenize(text)) {}

  Table ParseFile() {
    bool filled = false;
    while (true) {
      cursor_.SkipNewlines();
      if (cursor_.Peek().kind == Token::Kind::kEnd) break;
      if (cursor_.Take("delete")) {
        ParseTableName();
        EndOfStatement();
        table_ = {};
        filled = false;
        continue;
      }
      ParseTableName();
      if (!cursor_.Take("{")) {
        EndOfStatement();
        continue;
      }
      ParseTableBody();
      filled = true;
    }
    if (!filled) throw ParseError("no table with a body");
    return std::move(table_);
  }

 private:
  void ParseTableName() {
    cursor_.Expect("table");
    cursor_.Expect("inet");
    cursor_.Expect(kTable);
  }

  void EndOfStatement() {
    if (cursor_.At("}") || cursor_.Peek().kind == Token::Kind::kEnd) return;
    if (!cursor_.Take(";") && cursor_.Peek().kind != Token::Kind::kNewline)
      cursor_.Fail("the end of the statement");
  }

  void SkipBreaks() {
    while (cursor_.Take(";") || cursor_.Peek().kind == Token::Kind::kNewline) cursor_.SkipNewlines();
  }

  void ParseTableBody() {
    for (SkipBreaks(); !cursor_.Take("}"); SkipBreaks()) {
      if (cursor_.Take("secmark")) {
        ParseObject();
      } else if (cursor_.At("map") || cursor_.At("set")) {
        ParseNamedSet(cursor_.Next().text == "map");
      } else if (cursor_.Take("chain")) {
        ParseChain();
      } else if (cursor_.Take("comment")) {
        cursor_.String("the comment");
      } else {
        cursor_.Fail("secmark, map, set or chain");
      }
    }
  }

  void ParseObject() {
    const std::string name = cursor_.Word("the object's name");
    cursor_.Expect("{");
    SkipBreaks();
    if (!table_.objects.emplace(name, cursor_.String("a context")).second) cursor_.Fail("a new name");
    SkipBreaks();
    cursor_.Expect("}");
  }

  void ParseNamedSet(bool is_map) {
    Set set;
    set.name = cursor_.Word("the set's name");
    cursor_.Expect("{");
    for (SkipBreaks(); !cursor_.Take("}"); SkipBreaks()) {
      if (cursor_.Take("type")) {
        do set.types.push_back(TypeNamed(cursor_.Word("a type"), cursor_));
        while (cursor_.Take("."));
        if (is_map) {
          cursor_.Expect(":");
          set.data = cursor_.Take("verdict") ? Set::Data::kVerdict : Set::Data::kSecmark;
          if (set.data == Set::Data::kSecmark) cursor_.Expect("secmark");
        }
      } else if (cursor_.Take("flags")) {
        cursor_.Expect("interval");
        set.interval = true;
      } else if (cursor_.Take("elements")) {
        cursor_.Expect("=");
        if (set.types.empty()) cursor_.Fail("the type before the elements");
        ParseElements(set);
      } else if (cursor_.Take("comment")) {
        cursor_.String("the comment");
      } else {
        cursor_.Fail("type, flags or elements");
      }
    }
    const std::string name = set.name;
    if (!table_.sets.emplace(name, std::move(set)).second) cursor_.Fail("a new set name");
  }

  void ParseElements(Set& set) {
    cursor_.Expect("{");
    cursor_.SkipNewlines();
    while (!cursor_.Take("}")) {
      Element element;
      if (!cursor_.Take("*")) {
        for (std::size_t i = 0; i < set.types.size(); ++i) {
          if (i > 0) cursor_.Expect(".");
          const base::Interval side = ParseValue(cursor_, set.types[i], set.types.size() > 1);
          if (side.low != side.high && !set.interval && !set.name.empty())
            cursor_.Fail("flags interval for a range");
          element.key.push_back(side);
        }
      }
      if (set.data != Set::Data::kNone) cursor_.Expect(":");
      if (set.data == Set::Data::kSecmark) element.object = cursor_.String("an object's name");
      if (set.data == Set::Data::kVerdict) element.verdict = ParseVerdict();
      set.elements.push_back(std::move(element));
      cursor_.SkipNewlines();
      if (!cursor_.Take(",") && !cursor_.At("}")) cursor_.Fail("a comma");
      cursor_.SkipNewlines();
    }
  }

  Verdict ParseVerdict() {
    if (cursor_.Take("accept")) return {Verdict::Kind::kAccept, ""};
    if (cursor_.Take("return")) return {Verdict::Kind::kReturn, ""};
    if (cursor_.Take("jump")) return {Verdict::Kind::kJump, cursor_.Word("a chain")};
    if (cursor_.Take("goto")) return {Verdict::Kind::kGoto, cursor_.Word("a chain")};
    cursor_.Fail("a verdict");
  }

  void ParseChain() {
    const std::string name = cursor_.Word("the chain's name");
    Chain chain;
    cursor_.Expect("{");
    for (SkipBreaks(); !cursor_.Take("}"); SkipBreaks()) {
      if (cursor_.At("type") && cursor_.Peek(1).text == "filter") {
        ParseHook(chain);
      } else if (cursor_.Take("comment")) {
        cursor_.String("the comment");
      } else {
        chain.rules.push_back(ParseRule());
      }
      EndOfStatement();
    }
    if (!table_.chains.emplace(name, std::move(chain)).second) cursor_.Fail("a new chain name");
  }

  void ParseHook(Chain& chain) {
    static const std::map<std::string, Hook> kHooks = {{"prerouting", Hook::kPrerouting},
                                                       {"input", Hook::kInput},
                                                       {"forward", Hook::kForward},
                                                       {"output", Hook::kOutput},
                                                       {"postrouting", Hook::kPostrouting}};
    cursor_.Expect("type");
    cursor_.Expect("filter");
    cursor_.Expect("hook");
    const auto hook = kHooks.find(cursor_.Word("a hook"));
    if (hook == kHooks.end()) cursor_.Fail("a known hook");
    chain.hook = hook->second;
    cursor_.Expect("priority");
    const std::string priority = cursor_.Word("a priority");
    chain.priority = priority == "mangle" ? -150 : priority == "security" ? 50 : std::stoi(priority);
    cursor_.Expect(";");
    cursor_.Expect("policy");
    cursor_.Expect("accept");
  }

  Rule ParseRule() {
    Rule rule;
    rule.line = cursor_.Peek().line;
    while (!cursor_.AtRuleEnd()) {
      if (cursor_.Take("comment")) {
        cursor_.String("the comment");
        continue;
      }
      rule.statements.push_back(ParseStatement());
    }
    return rule;
  }

  // "ip daddr & 255.255.255.0 . th dport"
  void ParseKey(Statement& statement) {
    do {
      statement.key.push_back(SelectorNamed(cursor_));
      const Type type = TypesOf({statement.key.back()}).front();
      base::Value mask = ~base::Value{0};
      if ((type == Type::kIpv4Address || type == Type::kIpv6Address) && cursor_.Take("&"))
        mask = ParseValue(cursor_, type, false).low;
      statement.masks.push_back(mask);
    } while (cursor_.Take("."));
  }

  Statement ParseStatement() {
    Statement statement;
    for (const char* word : {"accept", "return", "jump", "goto"}) {
      if (!cursor_.At(word)) continue;
      statement.kind = Statement::Kind::kVerdict;
      statement.verdict = ParseVerdict();
      return statement;
    }
    if (cursor_.Peek(2).text == "set") return ParseAssignment();
    ParseKey(statement);
    if (cursor_.Take("vmap")) {
      statement.kind = Statement::Kind::kVerdictMap;
      ParseSetReference(statement, Set::Data::kVerdict);
      return statement;
    }
    if (statement.key == std::vector{Selector::kConnectionSecmark} && cursor_.Take("&")) {
      // Of a label's number nothing is known but that it is less than 2^31, and 0 for no label.
      cursor_.Expect("0x7fffffff");
      cursor_.Expect("!=");
      cursor_.Expect("0");
      statement.kind = Statement::Kind::kAnyFlag;
      statement.mask = ~0U;
      return statement;
    }
    if (statement.key.size() == 1 && IsBitmask(TypesOf(statement.key).front())) {
      ParseFlags(statement);
      return statement;
    }
    statement.negated = cursor_.Take("!=");
    if (!statement.negated) cursor_.Take("==");
    ParseSetReference(statement, Set::Data::kNone);
    return statement;
  }

  Statement ParseAssignment() {
    Statement statement;
    const Selector target = SelectorNamed(cursor_);
    cursor_.Expect("set");
    if (target == Selector::kConnectionLabel) {
      statement.kind = Statement::Kind::kSetLabel;
      statement.label = static_cast<unsigned>(ParseValue(cursor_, Type::kConnectionLabel, false).low);
      return statement;
    }
    if (target == Selector::kConnectionSecmark) {
      cursor_.Expect("meta");
      cursor_.Expect("secmark");
      statement.kind = Statement::Kind::kSaveMark;
      return statement;
    }
    if (target == Selector::kPacketMark) {
      statement.kind = Statement::Kind::kSetBits;
      cursor_.Expect("meta");
      cursor_.Expect("mark");
      const bool sets = cursor_.Take("|");
      if (!sets) cursor_.Expect("&");
      const unsigned bits = ParseBits(Type::kPacketMark);
      statement.mask = sets ? ~0U : bits;
      statement.flags = sets ? bits : 0;
      return statement;
    }
    if (target != Selector::kSecmark) cursor_.Fail("a settable field");
    if (cursor_.Peek().kind == Token::Kind::kString) {
      statement.kind = Statement::Kind::kMarkObject;
      statement.object = cursor_.Next().text;
      return statement;
    }
    ParseKey(statement);
    if (statement.key == std::vector{Selector::kConnectionSecmark}) {
      statement.key.clear();
      statement.masks.clear();
      statement.kind = Statement::Kind::kMarkConnection;
      return statement;
    }
    statement.kind = Statement::Kind::kMarkByMap;
    cursor_.Expect("map");
    ParseSetReference(statement, Set::Data::kSecmark);
    return statement;
  }

  // "@name", "{ ... }" or, for a match, one constant.
  void ParseSetReference(Statement& statement, Set::Data data) {
    if (cursor_.Peek().kind == Token::Kind::kWord && cursor_.Peek().text.starts_with("@")) {
      statement.set = cursor_.Next().text.substr(1);
      return;
    }
    Set& set = statement.inline_set;
    set.data = data;
    set.types = TypesOf(statement.key);
    set.interval = true;
    if (cursor_.At("{")) {
      ParseElements(set);
    } else if (data == Set::Data::kNone && set.types.size() == 1) {
      Element element;
      element.key.push_back(ParseValue(cursor_, set.types.front(), false));
      set.elements.push_back(element);
    } else {
      cursor_.Fail("a set");
    }
  }

  // The bits of "a,b", "a|b" or "(a | b)".
  unsigned ParseBits(Type type) {
    if (cursor_.Take("(")) {
      unsigned bits = 0;
      do bits |= ParseBits(type);
      while (cursor_.Take("|"));
      cursor_.Expect(")");
      return bits;
    }
    std::string word = cursor_.Word("flags");
    unsigned bits = 0;
    for (std::size_t begin = 0; begin <= word.size();) {
      const std::size_t end = std::min(word.find('|', begin), word.size());
      Cursor one(Tokenize(word.substr(begin, end - begin)));
      bits |= static_cast<unsigned>(ParseValue(one, type, false).low);
      begin = end + 1;
    }
    return cursor_.Take(",") ? bits | ParseBits(type) : bits;
  }

  // "ct state new", "tcp flags & (fin|syn) == syn", "tcp flags syn / fin,syn", "tcp flags != syn", "ct state
  // { new, ... }"
  void ParseFlags(Statement& statement) {
    const Type type = TypesOf(statement.key).front();
    statement.negated = cursor_.Take("!=");
    if (cursor_.At("{")) return ParseSetReference(statement, Set::Data::kNone);
    if (type == Type::kConnectionLabel) {
      if (statement.negated) cursor_.Fail("no negation of labels");
      statement.kind = Statement::Kind::kAnyFlag;
      statement.label = static_cast<unsigned>(ParseValue(cursor_, type, false).low);
      return;
    }
    if (!statement.negated && cursor_.Take("&")) {
      statement.kind = Statement::Kind::kFlags;
      statement.mask = ParseBits(type);
      statement.negated = cursor_.Take("!=");
      if (!statement.negated) cursor_.Expect("==");
      statement.flags = ParseBits(type);
      return;
    }
    const bool exact = !statement.negated && cursor_.Take("==");
    statement.flags = ParseBits(type);
    if (cursor_.Take("/")) {
      statement.kind = Statement::Kind::kFlags;
      statement.mask = ParseBits(type);
      return;
    }
    // nft compares the whole value after == and !=, and any bit otherwise
    statement.kind = statement.negated || exact ? Statement::Kind::kFlags : Statement::Kind::kAnyFlag;
    statement.mask = statement.kind == Statement::Kind::kFlags ? ~0U : statement.flags;
  }

  Cursor cursor_;
  Table table_;
};

}  // namespace

base::Result<Table> Parse(std::string_view text) {
  try {
    return Parser(text).ParseFile();
  } catch (const std::exception& error) {
    return base::Error{error.what()};
  }
}

}  // namespace appnet::oracle::nft
