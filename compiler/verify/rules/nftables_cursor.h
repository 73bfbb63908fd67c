#pragma once
// Contract: a place in an nft text and the names declared before it. The first refusal stays; after it every
// question is answered with false, so that a reader need only hand the answer up.

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "verify/rules/nftables_tokens.h"
#include "verify/rules/ruleset.h"

namespace appnet::verify::rules {

class NftCursor {
 public:
  NftCursor(std::string_view text, Ruleset& ruleset) : tokens_(text), ruleset_(ruleset) {}

  const NftToken& token() const { return tokens_.current(); }
  bool At(std::string_view word) const { return token().Is(word); }
  void Advance() { tokens_.Advance(); }
  void SkipLineEnds();

  bool TakeIf(std::string_view word);  // whether it was there
  bool TakeWords(
      std::string_view words);  // words and signs with spaces between; refused where one is missing
  bool TakeLineEnd();
  bool TakeName(std::string_view& name);  // an unquoted word
  bool TakeBits(std::uint32_t& bits);     // "0x1f"

  bool Refuse(std::string why);  // always false
  bool RefuseToken();            // likewise: this word is not known here
  const std::optional<Refusal>& refusal() const { return refusal_; }

  Ruleset& ruleset() { return ruleset_; }
  ChainId ChainNamed(std::string_view name);  // made where it is new
  bool DeclareLabel(std::string_view name, std::string_view context, unsigned line);
  std::optional<ContextId> LabelNamed(std::string_view name) const;
  bool DeclareMap(Map map);
  std::optional<MapId> MapNamed(std::string_view name) const;

 private:
  NftTokens tokens_;
  Ruleset& ruleset_;
  std::optional<Refusal> refusal_;
  // By parts of the text, which outlives the cursor.
  std::unordered_map<std::string_view, ChainId> chains_;
  std::unordered_map<std::string_view, ContextId> labels_;
  std::unordered_map<std::string, MapId> maps_;
};

}  // namespace appnet::verify::rules
