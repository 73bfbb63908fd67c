#pragma once
// Contract: boolean expressions over SELinux booleans, in one canonical form: equal functions have equal ids,
// whatever was written. Held as a reduced ordered binary decision diagram, variables in order of their first
// use.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace appnet::flow {

using ConditionId = std::uint32_t;
inline constexpr ConditionId kNever = 0;
inline constexpr ConditionId kAlways = 1;

// The most booleans that one grant of ours, or one expression of a base policy, may depend on. A truth table
// over them, and the products that CIL and libsepol take a condition as, stay small. Debian's longest
// expression has four.
inline constexpr std::size_t kMostBooleans = 12;

class Conditions {
 public:
  Conditions();

  // Nodes held so far. An operation on a condition of n nodes and one of m adds n * m at most: who takes
  // conditions from outside watches this.
  std::size_t size() const { return nodes_.size(); }
  // Bounds the work of all operations to come: so many steps more. Past them every id is meaningless but
  // valid: who sets a limit tests exceeded() before believing anything.
  void Limit(std::size_t steps) { limit_ = computed_.size() + steps; }
  bool exceeded() const { return exceeded_; }

  ConditionId Variable(std::string_view boolean);
  ConditionId Not(ConditionId a);
  ConditionId And(ConditionId a, ConditionId b);
  ConditionId Or(ConditionId a, ConditionId b);

  // `value_of(name)` gives each boolean's value.
  bool Holds(ConditionId id, const std::map<std::string, bool>& values) const;
  std::vector<std::string> VariablesOf(ConditionId id) const;  // sorted by name

  // A product: booleans with the value each must have. The function is the disjunction of its products.
  using Product = std::vector<std::pair<std::string, bool>>;
  // Disjoint products in an order that depends on the function alone, each sorted by name. There can be 2^n
  // of n variables: callers bound the variables first. Of kAlways: one empty product; of kNever: none.
  std::vector<Product> Products(ConditionId id) const;
  // The fewest booleans that must differ from `values`, which has all, for the condition to hold, each with
  // its other value; sorted by name. Not of kNever.
  Product Changes(ConditionId id, const std::map<std::string, bool>& values) const;
  // "httpd_on and not ftpd_on", "(a and b) or (not a and c)"; "always", "never" for the constants. Depends on
  // the function alone; otherwise a condition of the language.
  std::string Text(ConditionId id) const;

 private:
  friend class ConditionReader;
  struct Node {
    std::uint32_t variable;
    ConditionId low, high;  // when the variable is false, true
  };
  ConditionId Make(std::uint32_t variable, ConditionId low, ConditionId high);
  ConditionId IfThenElse(ConditionId condition, ConditionId then_id, ConditionId else_id);

  std::size_t limit_ = ~std::size_t{0};
  bool exceeded_ = false;
  std::vector<std::string> names_;
  std::vector<Node> nodes_;
  std::map<std::string, std::uint32_t, std::less<>> index_;
  std::map<std::tuple<std::uint32_t, ConditionId, ConditionId>, ConditionId> unique_;
  std::map<std::tuple<ConditionId, ConditionId, ConditionId>, ConditionId> computed_;
};

}  // namespace appnet::flow
