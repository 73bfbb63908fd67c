// Conditions as products and as text. Both depend on the function alone, not on the order in which the policy
// mentions its booleans: the function is first copied into a store whose variables are ordered by name.

#include <algorithm>

#include "flow/condition.h"

namespace appnet::flow {

// Reads a Conditions' nodes; lives for one call.
class ConditionReader {
 public:
  ConditionReader(const Conditions& from, ConditionId id) {
    for (const std::string& name : from.VariablesOf(id)) sorted_.Variable(name);
    root_ = Copy(from, id);
  }

  // The paths to kAlways: disjoint, and a path leaves out what it need not ask.
  std::vector<Conditions::Product> Paths() {
    std::vector<Conditions::Product> paths;
    Conditions::Product path;
    Walk(root_, path, paths);
    return paths;
  }

  // Few, short products that may overlap, as a person would write them (Minato and Morreale's irredundant
  // sum).
  std::vector<Conditions::Product> Cover() { return Between(root_, root_).products; }

 private:
  struct Sum {
    std::vector<Conditions::Product> products;
    ConditionId function = kNever;
  };

  ConditionId Copy(const Conditions& from, ConditionId id) {
    if (id == kNever || id == kAlways) return id;
    if (const auto known = copied_.find(id); known != copied_.end()) return known->second;
    const Conditions::Node& node = from.nodes_[id];
    const ConditionId low = Copy(from, node.low);
    const ConditionId high = Copy(from, node.high);
    const ConditionId copy = sorted_.IfThenElse(sorted_.Variable(from.names_[node.variable]), high, low);
    copied_.emplace(id, copy);
    return copy;
  }

  void Walk(ConditionId id, Conditions::Product& path, std::vector<Conditions::Product>& paths) {
    if (id == kNever) return;
    if (id == kAlways) {
      paths.push_back(path);
      return;
    }
    const Conditions::Node node = sorted_.nodes_[id];
    for (const bool value : {true, false}) {
      path.emplace_back(sorted_.names_[node.variable], value);
      Walk(value ? node.high : node.low, path, paths);
      path.pop_back();
    }
  }

  ConditionId Cofactor(ConditionId id, std::uint32_t variable, bool value) const {
    const Conditions::Node& node = sorted_.nodes_[id];
    return node.variable != variable ? id : value ? node.high : node.low;
  }

  // A sum that holds wherever `must` does and nowhere that `may` does not.
  Sum Between(ConditionId must, ConditionId may) {
    if (must == kNever) return {};
    if (may == kAlways) return {{{}}, kAlways};
    const std::uint32_t top = std::min(sorted_.nodes_[must].variable, sorted_.nodes_[may].variable);
    const ConditionId must_1 = Cofactor(must, top, true), must_0 = Cofactor(must, top, false);
    const ConditionId may_1 = Cofactor(may, top, true), may_0 = Cofactor(may, top, false);
    const Sum with = Between(sorted_.And(must_1, sorted_.Not(may_0)), may_1);
    const Sum without = Between(sorted_.And(must_0, sorted_.Not(may_1)), may_0);
    const Sum either = Between(sorted_.Or(sorted_.And(must_1, sorted_.Not(with.function)),
                                          sorted_.And(must_0, sorted_.Not(without.function))),
                               sorted_.And(may_1, may_0));
    Sum sum;
    AddWith(with, top, true, sum);
    AddWith(without, top, false, sum);
    sum.products.insert(sum.products.end(), either.products.begin(), either.products.end());
    sum.function = sorted_.Or(either.function, sorted_.IfThenElse(sorted_.Make(top, kNever, kAlways),
                                                                  with.function, without.function));
    return sum;
  }

  void AddWith(const Sum& part, std::uint32_t variable, bool value, Sum& sum) const {
    for (const Conditions::Product& rest : part.products) {
      Conditions::Product product{{sorted_.names_[variable], value}};
      product.insert(product.end(), rest.begin(), rest.end());
      sum.products.push_back(std::move(product));
    }
  }

  Conditions sorted_;
  std::map<ConditionId, ConditionId> copied_;
  ConditionId root_ = kNever;
};

std::vector<Conditions::Product> Conditions::Products(ConditionId id) const {
  return ConditionReader(*this, id).Paths();
}

std::string Conditions::Text(ConditionId id) const {
  if (id == kAlways) return "always";
  if (id == kNever) return "never";
  const std::vector<Product> products = ConditionReader(*this, id).Cover();
  std::string text;
  for (const Product& product : products) {
    std::string part;
    for (const auto& [name, value] : product) {
      if (!part.empty()) part += " and ";
      if (!value) part += "not ";
      part += name;
    }
    if (!text.empty()) text += " or ";
    text += products.size() > 1 && product.size() > 1 ? "(" + part + ")" : part;
  }
  return text;
}

}  // namespace appnet::flow
