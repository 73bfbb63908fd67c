#pragma once
// Contract: --warn, --deny and --allow as severities of kinds. They hold from left to right, so that a later
// one outdoes an earlier one; `warnings` stands for every kind that is a warning by then.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "diag/kind.h"

namespace appnet::driver {

struct SeverityOption {
  diag::Severity severity;
  std::string option;  // "--deny"
  std::string kind;
};

// "there is no kind of message `...`", with the nearest one, or the nearest of `others`.
std::string NoSuchKind(std::string_view kind, std::vector<std::string_view> others = {});

// An error for a kind there is none of, and for making less of a kind that is an error: nothing could be
// built from a policy that has one.
base::Result<std::vector<std::pair<diag::Kind, diag::Severity>>> ReadSeverities(
    const std::vector<SeverityOption>& options);

}  // namespace appnet::driver
