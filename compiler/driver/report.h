#pragma once
// Contract: a policy as one page of HTML for people who read it beside a change or an audit: who reaches
// what, each packet type with its rules, what the base policy says of unmatched traffic, and the ways around
// labels. The page holds all it needs: it loads nothing, has no scripts, and no name in it can become markup.

#include <string>

#include "driver/compile.h"

namespace appnet::driver {

std::string ReportHtml(const Compiled& compiled, const sepolicy::Policy& base);

}  // namespace appnet::driver
