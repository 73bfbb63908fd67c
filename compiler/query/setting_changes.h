#pragma once
// Contract: where the words of two policies differ that hold for all flows: what becomes of unmatched ones,
// booleans with their values, whether packets are checked while no rules are loaded.

#include <vector>

#include "query/changes.h"

namespace appnet::query {

std::vector<SettingChange> FindSettingChanges(const ir::Policy& before, const ir::Policy& after);

}  // namespace appnet::query
