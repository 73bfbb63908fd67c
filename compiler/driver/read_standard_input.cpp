#include "driver/read_standard_input.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/file_descriptor.h"
#include "base/file_system.h"

namespace appnet::driver {

base::Result<std::string> ReadStandardInput() {
  // Of our own, so that closing it closes nobody else's.
  const base::FileDescriptor input(dup(STDIN_FILENO));
  std::string text;
  if (!input.open() || !input.ReadUpTo(text, base::kLargestFile + 1))
    return base::SystemError("read", "standard input");
  if (text.size() > base::kLargestFile)
    return base::FileError("read", "standard input",
                           fmt::format("it is larger than {} MiB", base::kLargestFile >> 20U));
  return text;
}

}  // namespace appnet::driver
