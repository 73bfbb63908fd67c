#pragma once
// Contract: a packet on its way through one hook, in one situation: facts as rules have changed them, and
// what has been done to connection and mark. The rules and the contract each have one and see the same
// situation.

#include <map>
#include <set>

#include "verify/rules/situation.h"

namespace appnet::verify::rules {

class Passage {
 public:
  explicit Passage(Situation& situation) : situation_(situation) {}

  Situation& facts() { return situation_; }

  bool HasSecmark() { return saved_ || situation_.HasSecmark(); }
  void NoteSaved() { saved_ = true; }

  bool HasLabel(unsigned bit) {
    return labels_set_.contains(bit) ? situation_.HasRoomForLabels() : situation_.HasLabel(bit);
  }
  // False where the connection has no room for it.
  bool SetLabel(unsigned bit) {
    labels_set_.insert(bit);
    return situation_.HasRoomForLabels();
  }

  bool MarkBit(unsigned bit) {
    const auto changed = mark_.find(bit);
    return changed != mark_.end() ? changed->second : situation_.MarkBit(bit);
  }
  void SetMarkBit(unsigned bit, bool value) { mark_[bit] = value; }

  const std::set<unsigned>& labels_set() const { return labels_set_; }
  const std::map<unsigned, bool>& mark() const { return mark_; }

 private:
  Situation& situation_;
  bool saved_ = false;
  std::set<unsigned> labels_set_;
  std::map<unsigned, bool> mark_;
};

}  // namespace appnet::verify::rules
