#pragma once
// Contract: Result<T> is a value or an Error. An Error is a failure of the environment (a file, the base
// policy), in words fit for the user; the process then ends with exit code 3. Asking for the wrong side is a
// bug of ours.

#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace appnet::base {

struct Error {
  std::string message;  // lowercase, no final period
};

template <typename T>
class Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  T& value() & {
    APPNET_CHECK(ok(), "value() of an error");
    return std::get<T>(state_);
  }
  const T& value() const& {
    APPNET_CHECK(ok(), "value() of an error");
    return std::get<T>(state_);
  }
  T&& value() && {
    APPNET_CHECK(ok(), "value() of an error");
    return std::get<T>(std::move(state_));
  }
  const Error& error() const {
    APPNET_CHECK(!ok(), "error() of a value");
    return std::get<Error>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

struct Done {};
using Status = Result<Done>;

}  // namespace appnet::base
