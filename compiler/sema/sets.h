#pragma once
// Contract: sets as written to the values they stand for. Declared sets are evaluated once, each after those
// it names, without recursion: chains of definitions can be long.

#include <optional>
#include <unordered_map>
#include <vector>

#include "sema/domains.h"
#include "sema/names.h"
#include "sema/set_value.h"

namespace appnet::sema {

// The parameters of a template where it is expanded. Without a value the argument was wrong, or the body is
// looked at by itself: what depends on it is not known and nothing is said about it.
struct Bindings {
  const ast::TemplateDeclaration* declaration = nullptr;
  std::vector<MaybeSet> values;
  source::Span used_at;  // the use, where it is expanded
};

struct BoundParameter {
  const ast::Parameter* declared;
  const MaybeSet* value;
};

// Where a name stands: the file it is looked up in, and the template's parameters if it stands in a body.
struct Place {
  ModuleId module = 0;
  const Bindings* bindings = nullptr;

  std::optional<BoundParameter> ParameterNamed(std::string_view name) const;
};
NameKind KindOf(const ast::Parameter& parameter);

class Sets {
 public:
  // Evaluates every declared set; `classes` must know every pattern that is written anywhere.
  Sets(const Names& names, const flow::InterfaceClasses& classes, const Inputs& inputs);

  // `argument_of` is set where the set is a template's argument: items of a wrong kind are then the
  // argument's fault.
  MaybeSet Evaluate(const ast::Set& set, NameKind kind, const Place& place,
                    const ast::Parameter* argument_of = nullptr) const;

 private:
  struct Context {
    NameKind kind;
    const Place& place;
    const ast::Parameter* argument_of;
  };
  enum class State : unsigned char { kNew, kOpen, kDone };

  void EvaluateDeclarations();
  void EvaluateFrom(DeclarationId id, std::vector<State>& state);
  std::vector<std::pair<DeclarationId, source::Span>> Dependencies(DeclarationId id) const;

  MaybeSet EvaluateSet(const ast::Set& set, const Context& context, bool& fixed) const;
  void Gather(const ast::SetItem& item, const Context& context, Gathered& gathered) const;
  void GatherName(const ast::NameItem& item, source::Span span, const Context& context,
                  Gathered& gathered) const;
  void GatherAny(source::Span span, const Context& context, Gathered& gathered) const;
  void ReportWrongItem(source::Span span, std::string_view what, const Context& context) const;
  void WarnOfExcept(const ast::Set& set, const SetValue& before, const SetValue& after) const;

  const Names& names_;
  const flow::InterfaceClasses& classes_;
  const Inputs& inputs_;
  Domains domains_;
  std::vector<MaybeSet> values_;  // by declaration
  // Sets in bodies of templates that depend on no parameter: evaluated once, however often the template is
  // used.
  mutable std::unordered_map<const ast::Set*, MaybeSet> fixed_;
};

}  // namespace appnet::sema
