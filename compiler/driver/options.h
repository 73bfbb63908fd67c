#pragma once
// Contract: the command line as data. One table defines every option.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "diag/kind.h"
#include "diag/render.h"
#include "ir/diagram.h"

namespace appnet::driver {

enum class Command {
  kBuild,
  kCheck,
  kCompletions,
  kDiff,
  kExplain,
  kFormat,
  kGraph,
  kInit,
  kManPage,
  kQuery,
  kVerify
};
enum class Color { kAuto, kAlways, kNever };

struct Options {
  Command command = Command::kCheck;
  std::vector<std::string> files;        // of `verify`: the artifact; of `diff`: the two
  std::string output;                    // -o; empty: NAME.appnet.tar here
  std::string report;                    // --report; empty: none
  std::string policy;                    // --policy; empty: the running system's, then the configured one
  std::vector<std::string> modules;      // --module
  std::vector<std::string> import_path;  // -I
  std::vector<std::string> loaders;      // --loader
  std::string as_of;                     // --as-of; empty: SOURCE_DATE_EPOCH, else today
  bool nft = true;
  bool iptables = true;
  bool link = false;                           // --link
  bool list = false;                           // check --list
  bool dependencies = false;                   // -MD
  std::string dependencies_file;               // -MF; empty: beside the artifact, with .d at the end
  bool check_only = false;                     // fmt --check
  std::string written;                         // completions: the shell; man: the page, or none
  std::string sentence;                        // query
  std::string kind;                            // explain; empty: all
  diag::Format format = diag::Format::kHuman;  // --format; of `query` and `diff` the answer's too
  // --warn, --deny, --allow: the kinds that are not of their own severity
  std::vector<std::pair<diag::Kind, diag::Severity>> severities;
  bool quiet = false;
  bool verbose = false;
  Color color = Color::kAuto;
  ir::Budget budget;  // of the flow space; no option sets it
};

struct Parsed {
  std::optional<Options> options;  // none: print `text` and end with `exit_code`
  int exit_code = 0;
  std::string text;
  bool text_is_answer = false;  // help and version go to standard output
};

Parsed ParseCommandLine(int argc, const char* const* argv);

}  // namespace appnet::driver
