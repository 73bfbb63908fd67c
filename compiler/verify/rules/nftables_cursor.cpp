#include "verify/rules/nftables_cursor.h"

#include <fmt/format.h>

#include "verify/rules/words.h"

namespace appnet::verify::rules {

using Kind = NftToken::Kind;

void NftCursor::SkipLineEnds() {
  while (token().kind == Kind::kLineEnd) Advance();
}

bool NftCursor::TakeIf(std::string_view word) {
  if (!At(word)) return false;
  Advance();
  return true;
}

bool NftCursor::TakeWords(std::string_view words) {
  while (!words.empty()) {
    const std::size_t end = words.find(' ');
    if (!TakeIf(words.substr(0, end))) return RefuseToken();
    words = end == std::string_view::npos ? std::string_view() : words.substr(end + 1);
  }
  return true;
}

bool NftCursor::TakeLineEnd() {
  if (token().kind != Kind::kLineEnd) return RefuseToken();
  Advance();
  return true;
}

bool NftCursor::TakeBits(std::uint32_t& bits) {
  const auto number = HexNumber(token().text, 0xffffffff);
  if (token().kind != Kind::kWord || !number) return RefuseToken();
  bits = *number;
  Advance();
  return true;
}

bool NftCursor::TakeName(std::string_view& name) {
  if (token().kind != Kind::kWord) return RefuseToken();
  name = token().text;
  Advance();
  return true;
}

bool NftCursor::Refuse(std::string why) {
  if (!refusal_) refusal_ = Refusal{token().line, std::move(why)};
  return false;
}

bool NftCursor::RefuseToken() {
  switch (token().kind) {
    case Kind::kEnd:
      return Refuse("the text ends early");
    case Kind::kLineEnd:
      return Refuse("the line ends early");
    case Kind::kBad:
      return Refuse("not a word");
    default:
      return Refuse(fmt::format("`{}` is not known here", token().text));
  }
}

ChainId NftCursor::ChainNamed(std::string_view name) {
  const auto [place, is_new] = chains_.try_emplace(name, static_cast<ChainId>(ruleset_.chains.size()));
  if (is_new) ruleset_.chains.push_back({std::string(name), token().line, false, {}});
  return place->second;
}

bool NftCursor::DeclareLabel(std::string_view name, std::string_view context, unsigned line) {
  const auto id = static_cast<ContextId>(ruleset_.contexts.size());
  if (!labels_.try_emplace(name, id).second) return Refuse(fmt::format("secmark {} twice", name));
  ruleset_.contexts.emplace_back(context);
  ruleset_.labels.push_back({std::string(name), id, line});
  return true;
}

std::optional<ContextId> NftCursor::LabelNamed(std::string_view name) const {
  const auto found = labels_.find(name);
  return found == labels_.end() ? std::nullopt : std::optional(found->second);
}

bool NftCursor::DeclareMap(Map map) {
  if (!maps_.try_emplace(map.name, static_cast<MapId>(ruleset_.maps.size())).second)
    return Refuse(fmt::format("two maps or sets {}", map.name));
  ruleset_.maps.push_back(std::move(map));
  return true;
}

std::optional<MapId> NftCursor::MapNamed(std::string_view name) const {
  const auto found = maps_.find(std::string(name));
  return found == maps_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace appnet::verify::rules
