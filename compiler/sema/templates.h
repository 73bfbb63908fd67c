#pragma once
// Contract: templates as declared: their parameters, and which of them use themselves, directly or through
// others.

#include <optional>
#include <set>
#include <vector>

#include "sema/names.h"

namespace appnet::sema {

class Templates {
 public:
  Templates(const Names& names, const Inputs& inputs);

  // All templates, each after those that it uses.
  const std::vector<DeclarationId>& ordered() const { return ordered_; }
  // Expanding it would never end, or its body has errors that were reported: uses of it are passed over.
  bool IsBroken(DeclarationId id) const { return broken_.contains(id); }
  void MarkBroken(DeclarationId id) { broken_.insert(id); }

 private:
  struct UseEdge {
    DeclarationId target;
    source::Span span;
  };
  void CheckParameters(const Declaration& declaration);
  void Order();
  std::vector<UseEdge> UsesIn(DeclarationId id) const;

  const Names& names_;
  const Inputs& inputs_;
  std::vector<DeclarationId> ordered_;
  std::set<DeclarationId> broken_;
};

}  // namespace appnet::sema
