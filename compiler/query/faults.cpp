#include "query/faults.h"

#include <algorithm>
#include <set>
#include <utility>

namespace appnet::query {
namespace {

using flow::ConditionId;
using flow::Direction;
using sepolicy::TypeId;
using Kind = sema::Assertion::Kind;

class Search {
 public:
  Search(const sema::Assertion& assertion, const sema::Program& program, const sepolicy::Policy& base,
         Reach& reach)
      : assertion_(assertion), base_(base), reach_(reach), subjects_(SubjectsOf(program)) {}

  base::Result<std::vector<Fault>> Run() {
    for (const Carried& carried : reach_.LabelsIn(assertion_.direction, assertion_.region)) {
      const auto rights = reach_.RightsOn(carried.label, assertion_.direction);
      if (!rights) return rights.error();
      if (assertion_.kind == Kind::kCan) {
        for (const TypeId subject : subjects_) CheckCan(subject, carried, *rights.value());
      } else {
        for (const Right& right : *rights.value()) CheckCannot(right, carried);
      }
    }
    return std::move(faults_);
  }

 private:
  bool IsForward() const { return assertion_.direction == Direction::kForward; }

  std::set<TypeId> SubjectsOf(const sema::Program& program) const {
    const std::vector<TypeId>& domains = program.domain_sets[assertion_.domains];
    std::set<TypeId> subjects(domains.begin(), domains.end());
    if (assertion_.as_type) {
      subjects.insert(*assertion_.as_type);
    } else if (IsForward() && assertion_.kind == Kind::kCannot) {
      subjects.insert(*base_.UnlabeledType());
    }
    return subjects;
  }

  void CheckCan(TypeId subject, const Carried& carried, const std::vector<Right>& rights) {
    if (found_.contains(subject)) return;
    std::optional<Right> right;
    const auto place = std::ranges::lower_bound(rights, subject, {}, &Right::type);
    if (place != rights.end() && place->type == subject) right = *place;
    const ConditionId both = right ? reach_.conditions().And(right->may[0], right->may[1]) : flow::kNever;
    if (!reach_.conditions().Holds(both, reach_.defaults())) Add({subject, carried, right, both});
  }

  void CheckCannot(const Right& right, const Carried& carried) {
    const bool named = subjects_.contains(right.type);
    if (named != (assertion_.kind == Kind::kCannot) || found_.contains(right.type)) return;
    const bool kernel_sends = !IsForward() && right.type == base_.KernelType();
    if (kernel_sends && right.may[1] == flow::kNever) return;
    ConditionId when = reach_.conditions().And(right.may[0], right.may[1]);
    if (when == flow::kNever) when = reach_.conditions().Or(right.may[0], right.may[1]);
    Add({right.type, carried, right, when});
  }

  void Add(const Fault& fault) {
    found_.insert(fault.type);
    faults_.push_back(fault);
  }

  const sema::Assertion& assertion_;
  const sepolicy::Policy& base_;
  Reach& reach_;
  std::set<TypeId> subjects_;
  std::set<TypeId> found_;
  std::vector<Fault> faults_;
};

}  // namespace

base::Result<std::vector<Fault>> FaultsOf(const sema::Assertion& assertion, const sema::Program& program,
                                          const sepolicy::Policy& base, Reach& reach) {
  return Search(assertion, program, base, reach).Run();
}

}  // namespace appnet::query
