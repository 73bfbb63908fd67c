#pragma once
// Contract: a libsepol handle that keeps what the library says instead of letting it print.

#include <memory>
#include <string>

#include "sepolicy/libsepol.h"

namespace appnet::sepolicy {

class Messages {
 public:
  Messages();
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;

  sepol_handle_t* handle() const { return handle_.get(); }
  // What libsepol said so far, joined by "; "; empty when it said nothing.
  const std::string& text() const { return text_; }

 private:
  struct DestroyHandle {
    void operator()(sepol_handle_t* handle) const { sepol_handle_destroy(handle); }
  };
  std::unique_ptr<sepol_handle_t, DestroyHandle> handle_;
  std::string text_;
};

// Appends one message to a text of messages: without line ends, after "; ", up to a length fit for a human.
void AppendMessage(std::string& text, std::string_view message);

}  // namespace appnet::sepolicy
