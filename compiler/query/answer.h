#pragma once
// Contract: the answer to a program's question, as data; and that as text for a person and as JSON for
// scripts. The kernel's right to send, which it has on everything, is in no answer.

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "ir/policy.h"
#include "sema/program.h"
#include "sepolicy/policy.h"
#include "source/source_map.h"

namespace appnet::query {

// A rule of this policy.
struct AnswerRule {
  std::string at;  // "workstation.appnet:14:5"
  std::string text;
  friend bool operator<(const AnswerRule& a, const AnswerRule& b) {
    return std::tie(a.at, a.text) < std::tie(b.at, b.text);
  }
  friend bool operator==(const AnswerRule&, const AnswerRule&) = default;
};

// What one domain (for forward: one label of peers) may do.
struct AnswerLine {
  std::string domain;
  std::vector<std::string> permissions;    // sorted
  std::optional<std::string> when;         // a condition over booleans; none: always
  bool logged = false;                     // under some setting
  std::optional<std::string> logged_when;  // the condition; none: whenever it may
  bool from_base = false;                  // the base policy's own rule, rather than this policy
  std::optional<std::string> at;           // where the rule is, the first in the order of the policy
  std::string reason;                      // the rule's text, the base policy's rule, or what else it is
  std::vector<AnswerRule> also;            // the other rules of this policy behind the same packet type
  std::vector<std::string> flows;          // in words; empty: all that were asked for
  bool all_flows = true;                   // false: `flows` are not all
};

// A domain that can't, with a flow that shows it.
struct Obstacle {
  std::string domain;
  std::string flow;
  std::optional<std::string> when;  // under which it could
};

struct Answer {
  sema::Question::Kind kind = sema::Question::Kind::kWho;
  std::vector<AnswerLine> lines;    // who, what
  std::vector<Obstacle> obstacles;  // can: yes without any
};

// The program has a question. Errors: the base policy can't be asked (see Reach).
base::Result<Answer> AnswerQuestion(const sema::Program& program, const ir::Policy& policy,
                                    const sepolicy::Policy& base, const source::SourceMap& sources);

std::string AnswerText(const Answer& answer);
std::string AnswerJson(const Answer& answer);

}  // namespace appnet::query
