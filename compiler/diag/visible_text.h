#pragma once
// Contract: text from a source file made safe and aligned for a terminal. Control characters, direction
// overrides, invisible characters and bytes that are no UTF-8 come out as escapes, tabs as spaces, so nothing
// that a file holds can act on the terminal or look like something else.

#include <cstddef>
#include <string>
#include <string_view>

namespace appnet::diag {

struct Visible {
  std::string text;
  std::size_t width = 0;  // columns it takes on the screen
};

// One line of source. `column` is where it begins on the screen, for the tabs.
Visible VisibleSource(std::string_view bytes, std::size_t column = 0);

// A message, a file name: the same escapes; a line break stays one only where `keep_breaks` says so.
std::string VisibleMessage(std::string_view bytes, bool keep_breaks = false);

}  // namespace appnet::diag
