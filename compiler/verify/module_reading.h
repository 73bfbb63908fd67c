#pragma once
// Contract: a module of ours read back from its CIL text: what it declares, and who may do what. Shares no
// code with the backend that writes it. A statement, class or permission that it does not know, a name that
// is declared twice or not at all, a member added to an attribute of the base policy: each is an error, since
// nobody could say what it means.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "verify/module_rights.h"

namespace appnet::verify {

struct Module {
  using NameSet = std::set<std::string, std::less<>>;

  NameSet types;  // each with its roletype for object_r
  std::map<std::string, NameSet, std::less<>>
      attributes;  // with their members; all are kept by the compiler of CIL
  std::map<std::string, bool, std::less<>> booleans;  // with their defaults
  NameSet capabilities;
  Rights rights;
};

// `base_attributes` are those attributes of the base policy that rules may have for a source, with their
// types.
base::Result<Module> ReadModule(
    std::string_view cil, const std::map<std::string, std::vector<std::string>, std::less<>>& base_attributes,
    Names& names, flow::Conditions& conditions);

}  // namespace appnet::verify
