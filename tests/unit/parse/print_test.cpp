// Random trees: printed and parsed again they are the same. APPNET_SEED chooses others.

#include "ast/print.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <random>

#include "ast/equal.h"
#include "unit/parse/parsing.h"

namespace appnet::parse {
namespace {

using ast::Condition;

class TreeMaker {
 public:
  explicit TreeMaker(unsigned seed) : random_(seed) {}

  ast::File File() {
    ast::File file;
    file.statements = Body(0, 12);
    return file;
  }

 private:
  bool Chance(unsigned percent) { return random_() % 100 < percent; }
  std::size_t Up(std::size_t most) { return random_() % (most + 1); }
  std::string_view Pick(const std::vector<std::string_view>& from) { return from[random_() % from.size()]; }

  std::string_view Word() {
    return Pick({"a", "mozilla_t", "std.services", "x-1", "domain_x", "any.b", "_t", "B2"});
  }
  std::string_view Number() { return Pick({"0", "80", "65535", "007", "99999999999999999999"}); }
  std::string_view Address() {
    return Pick({"10.0.0.1", "fe80::1", "::", "::ffff:1.2.3.4", "1.2", "2001:db8::", "abcd:1:2:3:4:5:6:7"});
  }
  std::string_view Text() { return Pick({"eth0", "", "enp*", "a b;{}#\\", "\u65E5"}); }
  ast::Name Name() { return {Word(), {}}; }

  ast::SetItem Item(int depth) {
    ast::SetItem item;
    switch (random_() % (depth > 3 ? 5 : 6)) {
      case 0:
        item.what = ast::AnyItem{};
        break;
      case 1:
        item.what = ast::NameItem{Word()};
        break;
      case 2: {
        ast::AddressItem address{Address(), {}, {}};
        if (Chance(30)) {
          address.prefix = Number();
        } else if (Chance(30)) {
          address.last = Address();
        }
        item.what = address;
        break;
      }
      case 3:
        item.what = ast::InterfaceItem{Text()};
        break;
      case 4: {
        ast::ServiceItem service{Pick({"tcp", "icmp", "ip", "nonsense"}), "*", {}, {}};
        if (Chance(80)) {
          const bool number = Chance(50);
          service.first = number ? Number() : Word();
          if (number && Chance(30)) service.last = Number();
          if (Chance(30)) service.code = Number();
        }
        item.what = service;
        break;
      }
      default:
        item.what = ast::GroupedItem{std::make_unique<ast::Set>(Set(depth + 1))};
        break;
    }
    return item;
  }

  ast::Set Set(int depth = 0, std::size_t most = 3) {
    ast::Set set;
    for (std::size_t i = 1 + Up(most - 1); i > 0; --i) set.items.push_back(Item(depth));
    if (Chance(30)) {
      for (std::size_t i = 1 + Up(most - 1); i > 0; --i) set.except.push_back(Item(depth));
    }
    set.has_except = !set.except.empty();
    return set;
  }

  std::unique_ptr<Condition> MakeCondition(int depth) {
    auto condition = std::make_unique<Condition>();
    condition->kind = static_cast<Condition::Kind>(random_() % (depth > 4 ? 2 : 5));
    switch (condition->kind) {
      case Condition::Kind::kName:
        condition->name = Word();
        break;
      case Condition::Kind::kConstant:
        condition->name = Chance(50) ? "true" : "false";
        break;
      case Condition::Kind::kNot:
        condition->operands.push_back(MakeCondition(depth + 1));
        break;
      default:
        for (std::size_t i = 2 + Up(2); i > 0; --i) condition->operands.push_back(MakeCondition(depth + 1));
        break;
    }
    return condition;
  }

  ast::Rule Rule() {
    ast::Rule rule;
    rule.kind = static_cast<ast::RuleKind>(random_() % 3);
    rule.services = Set();
    const bool forward = rule.kind == ast::RuleKind::kForward;
    if (rule.kind != ast::RuleKind::kConnect && Chance(50)) rule.from = Set();
    if (rule.kind != ast::RuleKind::kAccept && Chance(50)) rule.to = Set();
    if (!forward && Chance(30)) rule.at = Set();
    if (Chance(50)) rule.via = Set();
    if (forward && rule.via) rule.via_out = Set();
    if (forward && Chance(30)) rule.as_type = Name();
    return rule;
  }

  std::vector<ast::Statement> Body(int depth, std::size_t most) {
    std::vector<ast::Statement> body;
    for (std::size_t i = Up(most); i > 0; --i) body.push_back(Statement(depth));
    return body;
  }

  ast::IfBlock If(int depth) { return {MakeCondition(0), Body(depth + 1, 2), Body(depth + 1, 2)}; }

  ast::TemplateDeclaration Template(int depth) {
    ast::TemplateDeclaration declaration{Name(), {}, {}};
    for (std::size_t i = Up(3); i > 0; --i) {
      declaration.parameters.push_back({Pick({"domain", "host", "service", "interface"}), {}, Name()});
    }
    declaration.body = Body(depth + 1, 3);
    return declaration;
  }

  ast::Statement Statement(int depth) {
    ast::Statement statement;
    if (Chance(20)) statement.annotations.push_back({Pick({"owner", "ticket", "nonsense"}), Text(), {}, {}});
    switch (random_() % (depth > 3 ? 12 : 16)) {
      case 0:
        statement.what = ast::PolicyHeader{Chance(50), Name()};
        break;
      case 1:
        statement.what = Chance(50) ? ast::Import{true, Text(), {}} : ast::Import{false, Word(), {}};
        break;
      case 2:
        statement.what = ast::HostDeclaration{Name(), Set()};
        break;
      case 3:
        statement.what = ast::InterfaceDeclaration{Name(), Set()};
        break;
      case 4:
        statement.what = ast::ServiceDeclaration{Name(), Set()};
        break;
      case 5:
        statement.what = ast::GroupDeclaration{Name(), Set()};
        break;
      case 6:
        statement.what = ast::BooleanDeclaration{Name(), Chance(50)};
        break;
      case 7:
        statement.what =
            ast::Unmatched{Chance(50), Pick({"base", "inherit", "audit", "deny", "nonsense"}), {}};
        break;
      case 8:
        statement.what = ast::EnforceAlways{};
        break;
      case 9: {
        ast::Use use{Name(), {}};
        for (std::size_t i = Up(3); i > 0; --i) use.arguments.push_back(Set(0, 1));
        statement.what = std::move(use);
        break;
      }
      case 10:
        statement.what = ast::Assertion{static_cast<ast::AssertKind>(random_() % 3), Set(), Rule()};
        break;
      case 11: {
        ast::Rule rule = Rule();
        rule.audited = Chance(30);
        rule.annotations = statement.annotations;
        statement.what = std::move(rule);
        break;
      }
      case 12:
        statement.what = ast::DomainBlock{Set(), Body(depth + 1, 3)};
        break;
      case 13:
        statement.what = If(depth);
        break;
      case 14:
        statement.what = ast::LabelBlock{Name(), Body(depth + 1, 3)};
        break;
      default:
        statement.what = Template(depth);
        break;
    }
    return statement;
  }

  std::mt19937 random_;
};

TEST(Print, ParsingWhatWasPrintedIsTheIdentity) {
  const char* chosen = std::getenv("APPNET_SEED");
  const unsigned first = chosen == nullptr ? 1 : static_cast<unsigned>(std::strtoul(chosen, nullptr, 10));
  for (unsigned seed = first; seed < first + 2000; ++seed) {
    const ast::File made = TreeMaker(seed).File();
    const std::string text = ast::Print(made);
    const Parsed parsed(text);
    ASSERT_EQ(parsed.Messages(), "") << "seed " << seed << "\n" << text;
    ASSERT_TRUE(ast::Equal(made, parsed.file)) << "seed " << seed << "\n" << text;
    ASSERT_EQ(parsed.Printed(), text) << "seed " << seed;
  }
}

TEST(Print, EqualSeesEveryDifference) {
  const std::vector<std::string> texts = {"policy a;",
                                          "policy b;",
                                          "library a;",
                                          "import a;",
                                          "import \"a\";",
                                          "host a = b;",
                                          "host a = any;",
                                          "interface a = b;",
                                          "service a = b;",
                                          "group a = b;",
                                          "host a = b, c;",
                                          "host a = b except c;",
                                          "host a = (b);",
                                          "host a = 1.1.1.1;",
                                          "host a = 1.1.1.1/8;",
                                          "host a = 1.1.1.1-1.1.1.2;",
                                          "service a = tcp/1;",
                                          "service a = udp/1;",
                                          "service a = tcp/1-2;",
                                          "service a = tcp/1:2;",
                                          "service a = tcp/*;",
                                          "interface a = \"b\";",
                                          "boolean a = true;",
                                          "boolean a = false;",
                                          "domain a { }",
                                          "domain a { connect b; }",
                                          "label a { }",
                                          "if a { }",
                                          "if b { }",
                                          "if not a { }",
                                          "if a and b { }",
                                          "if a or b { }",
                                          "if a { connect b; }",
                                          "if a { } else { connect b; }",
                                          "if true { }",
                                          "unmatched base;",
                                          "unmatched forward base;",
                                          "enforce always;",
                                          "template a() { }",
                                          "template a(host b) { }",
                                          "template a(domain b) { }",
                                          "use a();",
                                          "use a(b);",
                                          "assert a can connect b;",
                                          "assert a cannot connect b;",
                                          "assert only a can connect b;",
                                          "connect a;",
                                          "accept a;",
                                          "forward a;",
                                          "audit connect a;",
                                          "connect a to b;",
                                          "connect a at b;",
                                          "connect a via b;",
                                          "accept a from b;",
                                          "forward a via b -> c;",
                                          "forward a via b -> d;",
                                          "forward a as b;",
                                          "@a(\"b\") connect a;",
                                          "@a(\"c\") connect a;",
                                          "connect a; connect a;",
                                          ""};
  std::deque<Parsed> parsed;
  for (const std::string& text : texts) {
    parsed.emplace_back(text);
    EXPECT_EQ(parsed.back().Messages(), "") << text;
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t j = 0; j < texts.size(); ++j) {
      EXPECT_EQ(ast::Equal(parsed[i].file, parsed[j].file), i == j) << texts[i] << " against " << texts[j];
    }
  }
}

TEST(Print, ArgumentsKeepTheirCommas) {
  ast::Set pair;
  pair.items.push_back({ast::NameItem{"a"}, {}});
  pair.items.push_back({ast::NameItem{"b"}, {}});
  ast::Use use{{"t", {}}, {}};
  use.arguments.push_back(std::move(pair));
  ast::File file;
  file.statements.emplace_back().what = std::move(use);
  EXPECT_EQ(ast::Print(file), "use t((a, b));\n");
}

}  // namespace
}  // namespace appnet::parse
