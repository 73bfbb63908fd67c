#pragma once
// Contract: a file of the artifact before it is written: a name relative to the artifact's folder, and its
// bytes.

#include <string>

namespace appnet::base {

struct OutputFile {
  std::string name;
  std::string bytes;
  bool executable = false;
};

}  // namespace appnet::base
