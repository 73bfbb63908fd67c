// Which names can be declared at all.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sema/names.h"

namespace appnet::sema {
namespace {

using diag::Kind;

// The words of the language, its modes and the protocol names; sorted.
constexpr std::array<std::string_view, 51> kReservedWords = {
    "accept",  "always",  "and",     "any",       "as",      "assert", "at",       "audit",  "base",
    "boolean", "can",     "cannot",  "connect",   "dccp",    "deny",   "domain",   "else",   "enforce",
    "except",  "expires", "false",   "forward",   "from",    "group",  "host",     "icmp",   "icmpv6",
    "if",      "import",  "inherit", "interface", "ip",      "label",  "library",  "not",    "only",
    "or",      "owner",   "policy",  "sctp",      "service", "tcp",    "template", "ticket", "to",
    "true",    "udp",     "udplite", "unmatched", "use",     "via",
};

// What libsepol's CIL compiler takes for a boolean's name (cil_verify_name) and does not read as something
// else where a condition stands.
constexpr std::array<std::string_view, 11> kCilWords = {"all",     "dom",   "domby", "eq",   "incomp", "neq",
                                                        "notself", "other", "range", "self", "xor"};

bool IsCilName(std::string_view name) {
  const char first = name.empty() ? '_' : name.front();
  const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
  return letter && std::find(kCilWords.begin(), kCilWords.end(), name) == kCilWords.end();
}

}  // namespace

bool IsReservedWord(std::string_view name) {
  return std::binary_search(kReservedWords.begin(), kReservedWords.end(), name);
}

std::string_view TakenByPolicy(const sepolicy::Policy& policy, std::string_view name) {
  const sepolicy::NameLookup found = policy.Find(name);
  switch (found.kind) {
    case sepolicy::NameLookup::Kind::kType:
      return found.alias ? "an alias" : "a type";
    case sepolicy::NameLookup::Kind::kAttribute:
      return "an attribute";
    case sepolicy::NameLookup::Kind::kNone:
      break;
  }
  return policy.FindBoolean(name) ? "a boolean" : "";
}

bool CheckDeclaredName(const ast::Name& name, bool boolean, const Inputs& inputs) {
  if (IsReservedWord(name.text)) {
    inputs.emitter
        .Report(Kind::kReservedName, name.span, fmt::format("`{}` is a word of the language", name.text))
        .Help("choose another name");
    return false;
  }
  if (name.text.find('.') != std::string_view::npos) {
    inputs.emitter
        .Report(Kind::kReservedName, name.span,
                fmt::format("a declared name has no dot, and `{}` has one", name.text))
        .Help("`library.name` is how another file names what a library declares");
    return false;
  }
  const std::string_view taken = TakenByPolicy(inputs.policy, name.text);
  if (taken.empty() && boolean && !IsCilName(name.text)) {
    inputs.emitter
        .Report(Kind::kReservedName, name.span,
                fmt::format("`{}` can't be the name of an SELinux boolean", name.text))
        .Help("begin it with a letter, and choose none of CIL's own words");
    return false;
  }
  if (taken.empty()) return false;
  if (boolean && inputs.policy.FindBoolean(name.text)) {
    inputs.emitter
        .Report(Kind::kBooleanOfPolicy, name.span,
                fmt::format("the policy `{}` has the boolean `{}` already", inputs.policy.name(), name.text))
        .Help(fmt::format("remove the declaration; `if {}` then means the policy's own boolean", name.text));
    return true;
  }
  inputs.emitter
      .Report(
          Kind::kNameTakenByPolicy, name.span,
          fmt::format("`{}` is the name of {} of the policy `{}`", name.text, taken, inputs.policy.name()))
      .Help("choose a name that the base policy does not have");
  return true;
}

}  // namespace appnet::sema
