#include <algorithm>
#include <set>

#include "base/check.h"
#include "flow/fields.h"

namespace appnet::flow {
namespace {

using Kind = InterfaceClass::Kind;
constexpr std::string_view kLoopbackName = "lo";

bool IsWildcard(std::string_view pattern) { return pattern.ends_with('*'); }
std::string_view PrefixOf(std::string_view pattern) { return pattern.substr(0, pattern.size() - 1); }

// The classes of one kind stand together, ordered by text, except that "lo" comes first: it is looked up
// apart.
std::ptrdiff_t Find(const std::vector<InterfaceClass>& classes, Kind kind, std::string_view text) {
  const auto found = std::lower_bound(
      classes.begin() + 1, classes.end(), std::pair(kind, text),
      [](const InterfaceClass& a, const auto& b) { return std::pair(a.kind, std::string_view(a.text)) < b; });
  const bool hit = found != classes.end() && found->kind == kind && found->text == text;
  return hit ? found - classes.begin() : -1;
}

}  // namespace

InterfaceClasses::InterfaceClasses() : InterfaceClasses(std::vector<std::string>{}) {}

InterfaceClasses::InterfaceClasses(const std::vector<std::string>& patterns) {
  std::set<std::string_view> exact;
  std::set<std::string_view> prefixes;
  for (const std::string& pattern : patterns) {
    if (!IsWildcard(pattern)) {
      if (!pattern.empty() && pattern != kLoopbackName) exact.insert(pattern);
    } else if (!PrefixOf(pattern).empty()) {  // a star alone is every class and makes none
      prefixes.insert(PrefixOf(pattern));
    }
  }
  classes_.push_back({Kind::kExact, std::string(kLoopbackName)});
  for (const std::string_view name : exact) classes_.push_back({Kind::kExact, std::string(name)});
  for (const std::string_view prefix : prefixes) classes_.push_back({Kind::kPrefix, std::string(prefix)});
  classes_.push_back({Kind::kOther, ""});
}

InterfaceClassId InterfaceClasses::ClassOf(std::string_view name) const {
  if (name == kLoopbackName) return kLoopback;
  if (const auto exact = Find(classes_, Kind::kExact, name); exact >= 0)
    return static_cast<InterfaceClassId>(exact);
  for (std::size_t length = name.size(); length > 0; --length) {
    const auto prefix = Find(classes_, Kind::kPrefix, name.substr(0, length));
    if (prefix >= 0) return static_cast<InterfaceClassId>(prefix);
  }
  return static_cast<InterfaceClassId>(classes_.size() - 1);
}

IntervalSet InterfaceClasses::Matching(std::string_view pattern) const {
  if (pattern == "*") return Any();
  if (!IsWildcard(pattern)) {
    const auto id =
        pattern == kLoopbackName ? std::ptrdiff_t{kLoopback} : Find(classes_, Kind::kExact, pattern);
    APPNET_CHECK(id >= 0, "an interface name that the classes were not made from");
    return IntervalSet::Of(static_cast<Value>(id), static_cast<Value>(id));
  }
  const std::string_view prefix = PrefixOf(pattern);
  APPNET_CHECK(Find(classes_, Kind::kPrefix, prefix) >= 0,
               "an interface pattern that the classes were not made from");
  std::vector<Interval> ids;
  for (std::size_t id = 0; id + 1 < classes_.size(); ++id) {
    if (classes_[id].text.starts_with(prefix)) ids.push_back({id, id});
  }
  return IntervalSet(std::move(ids));
}

std::string InterfaceClasses::NameOf(InterfaceClassId id) const {
  switch (classes_[id].kind) {
    case Kind::kExact:
      return classes_[id].text;
    case Kind::kPrefix:
      return classes_[id].text + "*";
    case Kind::kOther:
      return "(other)";
  }
  return "";
}

}  // namespace appnet::flow
