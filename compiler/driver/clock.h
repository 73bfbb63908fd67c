#pragma once
// Contract: what a build takes from the outside besides files: SOURCE_DATE_EPOCH (reproducible-builds.org)
// and the date.

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace appnet::driver {

struct Clock {
  std::optional<std::int64_t> source_date_epoch;
  std::string today;  // YYYY-MM-DD, UTC; of SOURCE_DATE_EPOCH where that is set
};

// An error when SOURCE_DATE_EPOCH is set and is no number of seconds up to the year 9999.
base::Result<Clock> ReadClock();

// Whether the text is a date of the calendar in the form YYYY-MM-DD.
bool IsDate(const std::string& text);

}  // namespace appnet::driver
