#include "lower/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/digest.h"

namespace appnet::lower {
namespace {

// 48 bits: a policy with a hundred thousand classes of one stem has two equal ones in 1 of 50,000 cases.
constexpr std::size_t kHashDigits = 12;
constexpr std::size_t kLongestAlone = 64;

// The function as a table over its booleans in order of name: the same for every order in which they were
// met.
std::string TruthTable(flow::ConditionId condition, const flow::Conditions& conditions) {
  if (condition == flow::kAlways) return "always";
  if (condition == flow::kNever) return "never";
  const std::vector<std::string> names = conditions.VariablesOf(condition);
  std::string text = fmt::format("{}:", fmt::join(names, ","));
  for (std::size_t row = 0; row < (std::size_t{1} << names.size()); ++row) {
    std::map<std::string, bool> values;
    for (std::size_t i = 0; i < names.size(); ++i) values[names[i]] = (row >> i & 1) != 0;
    text += conditions.Holds(condition, values) ? '1' : '0';
  }
  return text;
}

// A declared name in CIL has no dots, and types of CIL blocks (`my_container.process`) do.
std::string Stem(std::string_view domain, std::size_t length) {
  if (domain.ends_with("_t")) domain.remove_suffix(2);
  std::string stem(domain.substr(0, length));
  std::replace(stem.begin(), stem.end(), '.', '_');
  return stem;
}

// Whether the name may go without a hash: not where it could be taken for one that has a hash.
bool MayStandAlone(std::string_view domain) {
  const std::string stem = Stem(domain, kLongestAlone);
  if (!domain.ends_with("_t") || domain.find('.') != std::string_view::npos ||
      domain.size() > kLongestAlone || stem == "nobody_0")
    return false;
  const std::size_t hash = stem.rfind('_') + 1;
  return hash == 0 || stem.size() - hash != kHashDigits ||
         stem.find_first_not_of("0123456789abcdef", hash) != std::string_view::npos;
}

}  // namespace

std::string ClassName(const std::vector<ir::Grant>& grants, bool forward,
                      const flow::Conditions& conditions) {
  const std::string_view ending = forward ? "forwarded_t" : "packet_t";
  if (grants.empty()) return fmt::format("appnet_nobody_0_{}", ending);
  const ir::Grant& first = grants.front();
  if (grants.size() == 1 && first.allowed == flow::kAlways && first.audited == flow::kNever &&
      MayStandAlone(first.domain)) {
    return fmt::format("appnet_{}_{}", Stem(first.domain, kLongestAlone), ending);
  }
  std::string exact;
  for (const ir::Grant& grant : grants) {
    exact += fmt::format("{} {} {}\n", grant.domain, TruthTable(grant.allowed, conditions),
                         TruthTable(grant.audited, conditions));
  }
  std::string stem = Stem(first.domain, 40);
  if (grants.size() == 2) stem += fmt::format("_{}", Stem(grants[1].domain, 40));
  if (grants.size() > 2) stem += fmt::format("_and_{}_more", grants.size() - 1);
  return fmt::format("appnet_{}_{}_{}", stem, base::Sha256(exact).substr(0, kHashDigits), ending);
}

}  // namespace appnet::lower
