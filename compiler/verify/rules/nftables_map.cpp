#include "verify/rules/nftables_map.h"

#include <fmt/format.h>

#include "verify/rules/words.h"

namespace appnet::verify::rules {
namespace {

constexpr std::pair<std::string_view, KeyType> kTypes[] = {
    {"ipv4_addr", KeyType::kIpv4},     {"ipv6_addr", KeyType::kIpv6},
    {"inet_service", KeyType::kPort},  {"inet_proto", KeyType::kProtocol},
    {"icmp_type", KeyType::kIcmpType}, {"icmpv6_type", KeyType::kIcmpv6Type},
    {"icmp_code", KeyType::kIcmpCode}, {"icmpv6_code", KeyType::kIcmpv6Code},
};

std::optional<Interval> KeyValue(std::string_view text, KeyType type) {
  switch (type) {
    case KeyType::kIpv4:
      return AddressRange(text, Family::kIpv4);
    case KeyType::kIpv6:
      return AddressRange(text, Family::kIpv6);
    case KeyType::kPort:
      return NumberRange(text, '-', 0xffff);
    default:
      return NumberRange(text, '-', 0xff);
  }
}

class MapReader {
 public:
  MapReader(NftCursor& cursor, bool is_set) : cursor_(cursor) { map_.is_set = is_set; }

  bool Read() {
    map_.line = cursor_.token().line;
    std::string_view name;
    if (!cursor_.TakeName(name) || !cursor_.TakeWords("{") || !cursor_.TakeLineEnd()) return false;
    map_.name = name;
    if (!ReadType()) return false;
    if (cursor_.TakeIf("flags")) {
      if (!cursor_.TakeWords("interval") || !cursor_.TakeLineEnd()) return false;
      intervals_ = true;
    }
    if (!cursor_.TakeWords("elements = {")) return false;
    do {
      cursor_.SkipLineEnds();
      if (!ReadElement()) return false;
    } while (cursor_.TakeIf(","));
    if (!cursor_.TakeWords("}") || !cursor_.TakeLineEnd()) return false;
    if (!cursor_.TakeWords("}") || !cursor_.TakeLineEnd()) return false;
    return cursor_.DeclareMap(std::move(map_));
  }

 private:
  bool ReadType() {
    if (!cursor_.TakeWords("type")) return false;
    do {
      const auto* type = std::begin(kTypes);
      while (type != std::end(kTypes) && !cursor_.At(type->first)) ++type;
      if (type == std::end(kTypes)) return cursor_.RefuseToken();
      map_.types.push_back(type->second);
      cursor_.Advance();
    } while (cursor_.TakeIf("."));
    if (!map_.is_set && !cursor_.TakeWords(": secmark")) return false;
    return cursor_.TakeLineEnd();
  }

  bool ReadElement() {
    for (std::size_t i = 0; i < map_.types.size(); ++i) {
      if (i > 0 && !cursor_.TakeWords(".")) return false;
      if (cursor_.token().kind != NftToken::Kind::kWord) return cursor_.RefuseToken();
      const auto value = KeyValue(cursor_.token().text, map_.types[i]);
      if (!value) return cursor_.RefuseToken();
      if (!intervals_ && value->low != value->high)
        return cursor_.Refuse("a range in a map that is not for intervals");
      map_.keys.push_back(*value);
      cursor_.Advance();
    }
    if (map_.is_set) return true;
    if (!cursor_.TakeWords(":")) return false;
    if (cursor_.token().kind != NftToken::Kind::kQuoted) return cursor_.RefuseToken();
    const auto label = cursor_.LabelNamed(cursor_.token().text);
    if (!label) return cursor_.Refuse(fmt::format("no secmark {}", cursor_.token().text));
    map_.contexts.push_back(*label);
    cursor_.Advance();
    return true;
  }

  NftCursor& cursor_;
  Map map_;
  bool intervals_ = false;
};

}  // namespace

bool ReadNftMap(NftCursor& cursor, bool is_set) { return MapReader(cursor, is_set).Read(); }

bool WidenKeys(NftCursor& cursor, const Key& key, Map& map) {
  std::vector<unsigned> host_bits;
  for (const KeyPart& part : key) host_bits.push_back(part.host_bits);
  if (!map.host_bits.empty()) {
    return map.host_bits == host_bits ||
           cursor.Refuse(fmt::format("rules mask the keys of {} in different ways", map.name));
  }
  map.host_bits = host_bits;
  for (std::size_t at = 0; at < map.keys.size(); ++at) {
    const unsigned bits = host_bits[at % host_bits.size()];
    if (bits == 0) continue;
    Interval& side = map.keys[at];
    const Value hosts = bits < 128 ? (Value{1} << bits) - 1 : ~Value{0};
    if (side.low != side.high || (side.low & hosts) != 0)
      return cursor.Refuse(fmt::format("an element of {} that no masked address is", map.name));
    side.high = side.low | hosts;
  }
  return true;
}

}  // namespace appnet::verify::rules
