#pragma once
// Contract: the table of options as data, for what is written from it: completions and manual pages. Commands
// that `--help` does not list are not in it.

#include <string>
#include <vector>

namespace appnet::driver {

struct OptionRow {
  std::vector<std::string> names;  // "-o", "--policy"; none for a positional argument
  std::string value;               // what follows, in capitals; empty for a flag
  std::vector<std::string> choices;
  std::string text;  // one line
  bool repeats = false;
};

struct CommandRow {
  std::string name;  // empty for the program itself
  std::string text;
  std::string footer;
  std::vector<OptionRow> options;
  std::vector<OptionRow> arguments;  // positional, in order
};

// The program itself first.
std::vector<CommandRow> CommandTable();

// Whether the value of an option, or an argument, is the name of a file or folder.
bool IsPath(const OptionRow& row);

}  // namespace appnet::driver
