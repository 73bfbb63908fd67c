#pragma once
// Contract: what was written, nothing more. Names and numbers are still text; every node has the span it was
// written at. string_views point into the SourceMap. Trees own their children; nothing here is shared or
// changed after parsing.

#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "source/source_map.h"

namespace appnet::ast {

using source::Span;

// A name as written, dotted if qualified (`services.http`).
struct Name {
  std::string_view text;
  Span span;
};

struct Set;

// `any`
struct AnyItem {};
// A declared name, an SELinux type or attribute, or a template parameter.
struct NameItem {
  std::string_view text;
};
// `10.0.0.1`, `10.0.0.0/8`, `10.0.0.1-10.0.0.9`, the same in IPv6: `first`, and one of `prefix` and `last` if
// written.
struct AddressItem {
  std::string_view first;
  std::optional<std::string_view> prefix;
  std::optional<std::string_view> last;
};
// `"eth0"`: the text between the quotes.
struct InterfaceItem {
  std::string_view pattern;
};
// `tcp/443`, `udp/5000-5100`, `tcp/*`, `icmp/echo-request`, `icmp/3:1`, `ip/47`.
struct ServiceItem {
  std::string_view protocol;
  std::string_view first;                // a number, an ICMP type name, or `*`
  std::optional<std::string_view> last;  // of a range
  std::optional<std::string_view> code;  // after the colon
};
struct GroupedItem {
  std::unique_ptr<Set> set;  // in parentheses
};

struct SetItem {
  std::variant<AnyItem, NameItem, AddressItem, InterfaceItem, ServiceItem, GroupedItem> what;
  Span span;
};

// A union, then optionally what is taken away from it.
struct Set {
  std::vector<SetItem> items;
  std::vector<SetItem> except;  // empty when `except` was not written
  bool has_except = false;
  Span span;
};

struct Annotation {
  std::string_view name;   // owner, ticket, expires, or an unknown one
  std::string_view value;  // between the quotes
  Span span;
  Span value_span;
};

// A boolean expression of an `if`.
struct Condition {
  enum class Kind { kName, kConstant, kNot, kAnd, kOr };
  Kind kind = Kind::kName;
  std::string_view name;                             // kName, and `true`/`false` for kConstant
  std::vector<std::unique_ptr<Condition>> operands;  // one for kNot, two or more for kAnd and kOr
  Span span;
};

enum class RuleKind { kConnect, kAccept, kForward };

// `connect SERVICES to HOSTS at HOSTS via INTERFACES`, `accept ... from ...`, `forward ... from ... to ...
// via IN -> OUT`. An absent part is no value.
struct Rule {
  RuleKind kind = RuleKind::kConnect;
  bool audited = false;
  std::optional<Set> services;  // always written; no value only after a syntax error
  std::optional<Set> from;      // accept, forward
  std::optional<Set> to;        // connect, forward
  std::optional<Set> at;        // connect, accept
  std::optional<Set> via;       // interface; the inner side of forward
  std::optional<Set> via_out;   // forward only
  std::optional<Name> as_type;  // forward ... as TYPE
  std::vector<Annotation> annotations;
  Span span;
};

struct Statement;

struct PolicyHeader {  // `policy NAME;` or `library NAME;`
  bool library = false;
  Name name;
};
struct Import {
  bool is_path = false;     // "site/hosts.appnet" rather than std.services
  std::string_view target;  // without quotes
  Span target_span;
};
struct HostDeclaration {
  Name name;
  Set set;
};
struct InterfaceDeclaration {
  Name name;
  Set set;
};
struct ServiceDeclaration {
  Name name;
  Set set;
};
struct GroupDeclaration {
  Name name;
  Set set;
};
struct BooleanDeclaration {
  Name name;
  bool value = false;
};
// `domain SET { ... }`: rules, ifs and uses.
struct DomainBlock {
  Set domains;
  std::vector<Statement> body;
};
struct IfBlock {
  std::unique_ptr<Condition> condition;
  std::vector<Statement> then_body;
  std::vector<Statement> else_body;  // `else if` is an IfBlock alone in here
};
// `label TYPE { ... }`: rules and uses.
struct LabelBlock {
  Name type;
  std::vector<Statement> body;
};
struct Unmatched {
  bool forward = false;
  std::string_view mode;
  Span mode_span;
};
struct EnforceAlways {};
struct Parameter {
  std::string_view kind;  // domain, host, service, interface
  Span kind_span;
  Name name;
};
struct TemplateDeclaration {
  Name name;
  std::vector<Parameter> parameters;
  std::vector<Statement> body;
};
struct Use {
  Name name;
  std::vector<Set> arguments;
};
enum class AssertKind { kCan, kCannot, kOnlyCan };
struct Assertion {
  AssertKind kind = AssertKind::kCan;
  Set domains;
  Rule rule;
};

struct Statement {
  std::variant<PolicyHeader, Import, HostDeclaration, InterfaceDeclaration, ServiceDeclaration,
               GroupDeclaration, BooleanDeclaration, DomainBlock, IfBlock, LabelBlock, Unmatched,
               EnforceAlways, TemplateDeclaration, Use, Assertion, Rule>
      what;
  std::vector<Annotation> annotations;
  Span span;
};

struct File {
  source::FileId file = source::kNoFile;
  std::vector<Statement> statements;
};

}  // namespace appnet::ast
