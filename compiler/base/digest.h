#pragma once
// Contract: SHA-256 of bytes, in lower-case hex.

#include <string>
#include <string_view>

namespace appnet::base {

std::string Sha256(std::string_view bytes);

}  // namespace appnet::base
