#include "driver/clock.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>

namespace appnet::driver {

base::Result<Clock> ReadClock() {
  constexpr std::int64_t kEndOf9999 = 253402300799;
  Clock clock;
  std::int64_t now = std::time(nullptr);
  if (const char* text = std::getenv("SOURCE_DATE_EPOCH"); text != nullptr && *text != '\0') {
    char* end = nullptr;
    const long long seconds = std::strtoll(text, &end, 10);
    if (*end != '\0' || seconds < 0 || seconds > kEndOf9999) {
      return base::Error{
          fmt::format("SOURCE_DATE_EPOCH is `{}`, which is no number of seconds since 1970", text)};
    }
    clock.source_date_epoch = seconds;
    now = seconds;
  }
  const std::time_t time = now;
  std::tm date{};
  gmtime_r(&time, &date);
  clock.today = fmt::format("{:04}-{:02}-{:02}", date.tm_year + 1900, date.tm_mon + 1, date.tm_mday);
  return clock;
}

bool IsDate(const std::string& text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  const std::chrono::year_month_day date{
      std::chrono::year(std::stoi(text.substr(0, 4))),
      std::chrono::month(static_cast<unsigned>(std::stoi(text.substr(5, 2)))),
      std::chrono::day(static_cast<unsigned>(std::stoi(text.substr(8, 2))))};
  return date.ok();
}

}  // namespace appnet::driver
