#pragma once
// Contract: APPNET_CHECK states what must hold whatever the user writes. When it does not, the compiler has a
// bug: it says where on standard error and ends with exit code 4. User mistakes are diagnostics, never
// checks.

#include <string_view>

namespace appnet::base {

inline constexpr int kExitBug = 4;

[[noreturn]] void ReportBug(const char* file, int line, std::string_view what);

}  // namespace appnet::base

#define APPNET_CHECK(condition, what) \
  ((condition) ? static_cast<void>(0) : ::appnet::base::ReportBug(__FILE__, __LINE__, what))
