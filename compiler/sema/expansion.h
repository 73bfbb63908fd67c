#pragma once
// Contract: the walk behind expand.h.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sema/annotations.h"
#include "sema/conditions.h"
#include "sema/expand.h"

namespace appnet::sema {

// All that is known at a statement.
struct Frame {
  Place place;
  bool in_domain = false;
  std::optional<DomainSetId> subjects;  // of the domain block; none when its set is wrong or unknown
  bool in_label = false;
  std::optional<sepolicy::TypeId> packet_type;  // of the label block
  Guard guard;
  Annotations annotations;
  std::vector<source::Span> used_at;  // innermost first
  std::size_t depth = 0;
};

class Expansion {
 public:
  // A dry one makes no rules and follows no uses.
  Expansion(const Names& names, const Templates& templates, const Sets& sets, const Inputs& inputs, bool dry,
            Program& program)
      : names_(names), templates_(templates), sets_(sets), inputs_(inputs), dry_(dry), program_(program) {}

  void Expand(const std::vector<ast::Statement>& statements, const Frame& frame);
  void Resolve(const ast::Question& question, const Frame& frame);
  // Label rules come after all others.
  void Finish();

 private:
  void ExpandStatement(const ast::Statement& statement, const Frame& frame);
  void ExpandDomainBlock(const ast::DomainBlock& block, const Frame& frame);
  void ExpandLabelBlock(const ast::LabelBlock& block, const Frame& frame);
  void ExpandIf(const ast::IfBlock& first, const Frame& frame);
  void ExpandUse(const ast::Use& use, const Frame& frame);
  void ExpandRule(const ast::Rule& rule, const Frame& frame);
  void ExpandAssertion(const ast::Assertion& assertion, const ast::Statement& statement, const Frame& frame);

  // These report and give no value where the names are wrong.
  std::optional<DomainSetId> DomainsOf(const ast::Set& set, const Place& place);
  std::optional<DomainSetId> PeersOf(const ast::Set& set, const Place& place);
  std::optional<sepolicy::TypeId> PeerType(const ast::Name& name, const Frame& frame);
  DomainSetId Intern(std::vector<sepolicy::TypeId> types);
  const std::string& TextOf(const ast::Rule& rule);
  bool TooDeep(const Frame& frame, source::Span span);
  void Stop(const Frame& frame, source::Span span, std::string message);

  const Names& names_;
  const Templates& templates_;
  const Sets& sets_;
  const Inputs& inputs_;
  const bool dry_;
  Program& program_;
  flow::Conditions dry_conditions_;  // so that templates nobody uses leave no trace
  std::map<std::vector<sepolicy::TypeId>, DomainSetId> domain_sets_;
  std::map<const ast::Rule*, std::string> texts_;
  std::vector<Rule> label_rules_;
  std::size_t expansions_ = 0;
  std::size_t expanded_rules_ = 0;
  bool stopped_ = false;
};

}  // namespace appnet::sema
