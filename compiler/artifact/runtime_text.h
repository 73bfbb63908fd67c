#pragma once
// Contract: the files of runtime/ as they are in the source tree, compiled in. @NAME@ and @BACKENDS@ in them
// stand for what differs between artifacts.

#include <string_view>
#include <vector>

namespace appnet::artifact {

struct RuntimeText {
  std::string_view name;  // in runtime/
  std::string_view text;
};
const std::vector<RuntimeText>& RuntimeTexts();

}  // namespace appnet::artifact
