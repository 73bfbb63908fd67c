#pragma once
// Contract: nftables rules as the kernel runs them: labels on packets and connections, nothing else. A match
// on data that the packet lacks, a missed look-up and a missing connection end the rule, never the chain.

#include "oracle/nft_rules.h"
#include "oracle/packet.h"

namespace appnet::oracle {

class NftModel : public RuleSet {
 public:
  static base::Result<NftModel> Load(std::string_view text);
  void Traverse(Passing& passing) const override;
  const nft::Table& table() const { return table_; }

 private:
  enum class End { kAccepted, kReturned };

  explicit NftModel(nft::Table table);
  End RunChain(const std::string& name, Passing& passing) const;
  const nft::Element* Find(const nft::Statement& statement, const Passing& passing) const;
  // False when the rule breaks; `verdict` is set when the statement ends it with one.
  bool Execute(const nft::Statement& statement, Passing& passing, const nft::Verdict*& verdict) const;

  nft::Table table_;
};

}  // namespace appnet::oracle
