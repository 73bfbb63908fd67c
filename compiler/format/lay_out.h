#pragma once
// Contract: lines as text: indented, broken where they are wider than kWidth, the signs of neighbouring
// declarations of one kind under each other. Not for other rooms.

#include <string>
#include <vector>

#include "format/lines.h"

namespace appnet::format {

std::string LayOut(std::vector<Line> lines);

}  // namespace appnet::format
