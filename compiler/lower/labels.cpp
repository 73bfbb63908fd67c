#include "lower/labels.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "lower/names.h"

namespace appnet::lower {

ir::LabelId LabelTable::Add(ir::Label label) {
  const auto id = static_cast<ir::LabelId>(labels_.size());
  by_type_.emplace(label.type, id);
  labels_.push_back(std::move(label));
  return id;
}

ir::LabelId LabelTable::Class(const std::vector<ir::Grant>& grants, bool forward) {
  std::string type = ClassName(grants, forward, conditions_);
  if (auto found = by_type_.find(type); found != by_type_.end()) {
    APPNET_CHECK(labels_[found->second].grants == grants, "two flow classes have one name");
    return found->second;
  }
  std::string context = base_.PacketContext(type);
  return Add({forward ? ir::LabelKind::kForwardClass : ir::LabelKind::kClass,
              std::move(type),
              std::move(context),
              true,
              grants,
              {},
              true});
}

ir::LabelId LabelTable::Base(sepolicy::TypeId type) {
  const std::string& name = base_.TypeName(type);
  if (auto found = by_type_.find(name); found != by_type_.end()) return found->second;
  std::string context = base_.UnlabeledType() == type ? base_.UnlabeledContext() : base_.PacketContext(name);
  return Add({ir::LabelKind::kBase, name, std::move(context), false, {}, {}, true});
}

ir::LabelId LabelTable::Special(ir::LabelKind kind, std::string_view type) {
  if (auto found = by_type_.find(type); found != by_type_.end()) return found->second;
  return Add({kind, std::string(type), base_.PacketContext(type), true, {}, {}, true});
}

std::vector<ir::LabelId> LabelTable::Sort() {
  std::vector<ir::LabelId> order(labels_.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](ir::LabelId a, ir::LabelId b) {
    return std::tie(labels_[a].kind, labels_[a].type) < std::tie(labels_[b].kind, labels_[b].type);
  });
  std::vector<ir::LabelId> moved(labels_.size());
  std::vector<ir::Label> sorted;
  sorted.reserve(labels_.size());
  for (ir::LabelId i = 0; i < order.size(); ++i) {
    moved[order[i]] = i;
    sorted.push_back(std::move(labels_[order[i]]));
  }
  labels_ = std::move(sorted);
  by_type_.clear();
  return moved;
}

}  // namespace appnet::lower
