#include "parse/due.h"

#include <AppnetParser.h>
#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "parse/token_words.h"

namespace appnet::parse {
namespace {

using antlr4::Token;
using generated::AppnetParser;

constexpr std::string_view kAnySet = "a set";
constexpr std::string_view kArgument = "an argument";

// Null at the start of the file.
Token* Before(const Obstacle& obstacle, Token* token) {
  for (std::size_t i = token->getTokenIndex(); i-- > 0;) {
    Token* candidate = obstacle.tokens->get(i);
    if (candidate->getChannel() == Token::DEFAULT_CHANNEL) return candidate;
  }
  return nullptr;
}

// The set a word introduces; nothing for a word that introduces none.
std::string_view SetAfter(std::size_t type) {
  switch (type) {
    case AppnetParser::TO:
    case AppnetParser::FROM:
    case AppnetParser::AT:
    case AppnetParser::HOST:
      return "a host set";
    case AppnetParser::VIA:
    case AppnetParser::ARROW:
    case AppnetParser::INTERFACE:
      return "an interface set";
    case AppnetParser::CONNECT:
    case AppnetParser::ACCEPT:
    case AppnetParser::FORWARD:
    case AppnetParser::SERVICE:
      return "a service set";
    case AppnetParser::DOMAIN:
    case AppnetParser::ASSERT:
    case AppnetParser::ONLY:
      return "a domain set";
    case AppnetParser::GROUP:
      return "a set of SELinux types and attributes";
    case AppnetParser::USE:
      return kArgument;
    default:
      return {};
  }
}

bool EndsStatement(std::size_t type) {
  return type == AppnetParser::SEMICOLON || type == AppnetParser::LEFT_BRACE ||
         type == AppnetParser::RIGHT_BRACE;
}

// Which set is being read: that of the last word before which introduces one.
std::string_view SetDue(const Obstacle& obstacle) {
  for (Token* token = obstacle.before; token != nullptr; token = Before(obstacle, token)) {
    if (EndsStatement(token->getType())) break;
    if (const std::string_view set = SetAfter(token->getType()); !set.empty()) return set;
  }
  return kAnySet;
}

// `connect`, `accept` or `forward` of the rule being read, or null.
Token* Verb(const Obstacle& obstacle) {
  for (Token* token = obstacle.before; token != nullptr; token = Before(obstacle, token)) {
    const std::size_t type = token->getType();
    if (type == AppnetParser::CONNECT || type == AppnetParser::ACCEPT || type == AppnetParser::FORWARD)
      return token;
    if (EndsStatement(type)) break;
  }
  return nullptr;
}

std::string Alternatives(const Obstacle& obstacle) {
  const std::vector<ssize_t> types = obstacle.expected.toList();
  std::string out;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (i > 0) out += i + 1 == types.size() ? " or " : ", ";
    out += KindOfToken(static_cast<std::size_t>(types[i]), obstacle.words);
  }
  return out;
}

std::optional<std::string> AdviceOnConnect(std::size_t found) {
  if (found == AppnetParser::FROM)
    return "`connect` has no `from`: the other end is `to`, the local address is `at`";
  if (found == AppnetParser::TO || found == AppnetParser::AT)
    return "the order is `to`, `at`, `via`, each once";
  return std::nullopt;
}

std::optional<std::string> AdviceOnAccept(std::size_t found) {
  if (found == AppnetParser::TO)
    return "`accept` has no `to`: the other end is `from`, the local address is `at`";
  if (found == AppnetParser::FROM || found == AppnetParser::AT)
    return "the order is `from`, `at`, `via`, each once";
  return std::nullopt;
}

std::optional<std::string> AdviceOnForward(std::size_t found) {
  if (found == AppnetParser::AT) return "`forward` has no `at`: its ends are `from` and `to`";
  return "the order is `from`, `to`, `via IN -> OUT`, `as`, each once";
}

bool IsClauseWord(std::size_t type) {
  return type == AppnetParser::TO || type == AppnetParser::FROM || type == AppnetParser::AT ||
         type == AppnetParser::VIA || type == AppnetParser::AS || type == AppnetParser::ARROW;
}

// A clause that this kind of rule does not have, or that comes too late.
std::optional<std::string> AdviceOnClause(const Obstacle& obstacle) {
  const std::size_t found = obstacle.found->getType();
  Token* verb = Verb(obstacle);
  if (!IsClauseWord(found) || verb == nullptr) return std::nullopt;
  if (verb->getType() == AppnetParser::FORWARD) return AdviceOnForward(found);
  if (found == AppnetParser::AS) return "only `forward` takes `as`";
  if (found == AppnetParser::ARROW) return "only `forward` has an outgoing interface";
  if (found == AppnetParser::VIA) return "`via` stands once";
  return verb->getType() == AppnetParser::CONNECT ? AdviceOnConnect(found) : AdviceOnAccept(found);
}

}  // namespace

std::string WhatIsDue(const Obstacle& obstacle) {
  if (obstacle.IsDue(AppnetParser::ANY)) {
    return obstacle.IsDue(AppnetParser::CONNECT) ? "a rule or a domain set" : std::string(SetDue(obstacle));
  }
  if (obstacle.IsDue(AppnetParser::NOT)) return "a condition";
  const std::size_t before = obstacle.before == nullptr ? Token::EOF : obstacle.before->getType();
  if (before == AppnetParser::LEFT_PAREN && obstacle.IsDue(AppnetParser::RIGHT_PAREN)) {
    const bool in_use = obstacle.context->getRuleIndex() == AppnetParser::RuleUse;
    return in_use ? "an argument or `)`" : "`domain`, `host`, `service`, `interface` or `)`";
  }
  if (before == AppnetParser::SLASH) {
    return obstacle.IsDue(AppnetParser::STAR) ? "a port, an ICMP type or `*`" : "a prefix length";
  }
  if (before == AppnetParser::UNMATCHED || obstacle.IsDue(AppnetParser::INHERIT)) {
    return "`base`, `inherit`, `audit` or `deny`";
  }
  if (obstacle.IsDue(Token::EOF)) return "nothing more";
  return Alternatives(obstacle);
}

std::optional<std::string> AdviceOn(const Obstacle& obstacle) {
  const std::size_t found = obstacle.found->getType();
  const std::size_t before = obstacle.before == nullptr ? Token::EOF : obstacle.before->getType();
  if (obstacle.IsDue(AppnetParser::SEMICOLON)) {
    if (auto advice = AdviceOnClause(obstacle)) return advice;
  }
  if (obstacle.IsDue(AppnetParser::ARROW)) return "a forward rule names both sides: `via IN -> OUT`";
  if (before == AppnetParser::ADDRESS && found == AppnetParser::COLON) {
    return "ports belong to services: `connect tcp/443 to 10.0.0.1`";
  }
  if ((before == AppnetParser::CONNECT || before == AppnetParser::ACCEPT ||
       before == AppnetParser::FORWARD) &&
      IsClauseWord(found)) {
    return "the services come first; `any` stands for all of them";
  }
  if (before == AppnetParser::CAN && found == AppnetParser::NOT) return "write `cannot`";
  if (before == AppnetParser::SLASH && found == AppnetParser::ADDRESS)
    return "write the netmask as a length: `/24`";
  if (obstacle.IsDue(AppnetParser::ANY) && found == AppnetParser::NUMBER) {
    return "a port is written with its protocol: `tcp/443`";
  }
  return std::nullopt;
}

bool DeclaresName(const Token& word) {
  switch (word.getType()) {
    case AppnetParser::POLICY:
    case AppnetParser::LIBRARY:
    case AppnetParser::HOST:
    case AppnetParser::INTERFACE:
    case AppnetParser::SERVICE:
    case AppnetParser::GROUP:
    case AppnetParser::BOOLEAN:
    case AppnetParser::TEMPLATE:
    case AppnetParser::DOMAIN:  // a template's parameter
      return true;
    default:
      return false;
  }
}

bool IsRule(const Obstacle& obstacle) { return Verb(obstacle) != nullptr; }

bool EndsItem(const Obstacle& obstacle) {
  const std::string_view set = SetDue(obstacle);
  if (obstacle.before == nullptr || set == kAnySet || set == kArgument) return false;
  switch (obstacle.before->getType()) {
    case AppnetParser::ANY:
    case AppnetParser::NAME:
    case AppnetParser::NUMBER:
    case AppnetParser::STAR:
    case AppnetParser::ADDRESS:
    case AppnetParser::STRING:
    case AppnetParser::RIGHT_PAREN:
      return true;
    default:
      return false;
  }
}

}  // namespace appnet::parse
