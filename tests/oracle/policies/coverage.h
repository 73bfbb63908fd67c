#pragma once
// Contract: counts what random policies and conversations have touched; a count of zero is a gap in the
// tests.

#include <map>
#include <string>
#include <vector>

#include "oracle/packet_reference.h"

namespace appnet::oracle {

class Coverage {
 public:
  void Add(const ReferenceEvaluator& reference, const std::string& text);
  void Add(const ReferenceEvaluator& reference, const Conversation& conversation);
  // Names that were never counted.
  std::vector<std::string> Gaps() const;
  std::string Table() const;

 private:
  std::map<std::string, std::size_t> counts_;
};

}  // namespace appnet::oracle
