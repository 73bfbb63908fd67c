#include "sepolicy/messages.h"

#include <cstdarg>
#include <string_view>

#include "base/check.h"

namespace appnet::sepolicy {
namespace {

constexpr std::size_t kLongest = 2000;

// libsepol reports some errors without a handle, to standard error. Its switch for that is global to the
// process.
void SilenceDefaultHandle() {
  [[maybe_unused]] static const bool silenced = [] {
    sepol_debug(0);
    return true;
  }();
}

// Whether it is one of the messages already.
bool Says(std::string_view text, std::string_view message) {
  for (std::size_t at = text.find(message); at != std::string_view::npos; at = text.find(message, at + 1)) {
    const std::string_view behind = text.substr(at + message.size());
    if ((at == 0 || text.substr(0, at).ends_with("; ")) && (behind.empty() || behind.starts_with("; ")))
      return true;
  }
  return false;
}

[[gnu::format(printf, 3, 4)]] void Collect(void* text, sepol_handle_t* handle, const char* format, ...) {
  if (sepol_msg_get_level(handle) != SEPOL_MSG_ERR) return;
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  AppendMessage(*static_cast<std::string*>(text), line);
}

}  // namespace

Messages::Messages() : handle_(sepol_handle_create()) {
  APPNET_CHECK(handle_ != nullptr, "libsepol gives no handle");
  SilenceDefaultHandle();
  sepol_msg_set_callback(handle_.get(), Collect, &text_);
}

void AppendMessage(std::string& text, std::string_view message) {
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.remove_suffix(1);
  if (message.empty() || text.size() + message.size() > kLongest) return;
  if (Says(text, message)) return;  // once for each block that is open, for instance
  if (!text.empty()) text += "; ";
  for (const char character : message) {
    const bool printable = static_cast<unsigned char>(character) >= 0x20 && character != 0x7f;
    text += printable ? character : ' ';
  }
}

}  // namespace appnet::sepolicy
