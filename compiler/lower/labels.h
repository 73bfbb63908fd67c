#pragma once
// Contract: the labels of a policy while they are made: each distinct one once. Ids are given in order of
// making; `Sort` puts classes first, by type name, and says where each label went.

#include <map>
#include <string>
#include <vector>

#include "ir/policy.h"
#include "sepolicy/policy.h"

namespace appnet::lower {

class LabelTable {
 public:
  LabelTable(const sepolicy::Policy& base, const flow::Conditions& conditions)
      : base_(base), conditions_(conditions) {}

  ir::LabelId Class(const std::vector<ir::Grant>& grants, bool forward);
  ir::LabelId Base(sepolicy::TypeId type);
  ir::LabelId Special(ir::LabelKind kind, std::string_view type);

  // new id by old id
  std::vector<ir::LabelId> Sort();
  const std::vector<ir::Label>& labels() const { return labels_; }
  std::vector<ir::Label> Take() { return std::move(labels_); }

 private:
  ir::LabelId Add(ir::Label label);

  const sepolicy::Policy& base_;
  const flow::Conditions& conditions_;
  std::vector<ir::Label> labels_;
  std::map<std::string, ir::LabelId, std::less<>> by_type_;
};

}  // namespace appnet::lower
