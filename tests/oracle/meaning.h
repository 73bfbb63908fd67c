#pragma once
// Contract: whether a label on a packet means what an outcome says: the same domains, under every setting of
// the booleans, audited or not; or the same type of the base policy.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "oracle/cil_model.h"
#include "oracle/reference_evaluator.h"

namespace appnet::oracle {

class Meaning {
 public:
  Meaning(const ReferenceEvaluator& reference, const CilModel& module);

  // Empty when the label (a whole context) means the outcome; otherwise what is wrong. An empty label means
  // the packet was left without one, which is never right.
  std::string Difference(const std::string& context, const Outcome& outcome);
  // All settings of the booleans that the policy names.
  const std::vector<Setting>& settings() const { return settings_; }

 private:
  std::string Compute(const std::string& context, const Outcome& outcome) const;
  std::string CompareTypes(const std::string& context, const std::string& type,
                           sepolicy::TypeId wanted) const;
  // Rights of every type of the base policy, for each permission.
  Right Wanted(const Outcome& outcome, sepolicy::TypeId subject, const std::string& permission,
               const Setting& setting) const;
  bool MayForwardSomething(sepolicy::TypeId subject, const Setting& setting) const;

  const ReferenceEvaluator& reference_;
  const CilModel& module_;
  std::vector<Setting> settings_;
  std::vector<sepolicy::TypeId> subjects_;
  std::set<sepolicy::TypeId> peers_;  // of forward rules
  std::map<std::pair<std::string, std::string>, std::string> known_;
};

}  // namespace appnet::oracle
