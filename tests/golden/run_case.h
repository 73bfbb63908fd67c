#pragma once
// Contract: a golden case through the whole compiler, in process, with files in memory. Gives the text of
// every stage that the case has a section for.
//
// Sections that say what to compile:
//   input            the policy, as main.appnet
//   file PATH        one file of several; main.appnet is the policy unless `roots` says otherwise
//   options          lines of a word and its value:
//                      policy reference|default|mls   the base policy (reference)
//                      as-of DATE                     the day of the build (2026-01-01)
//                      roots FILE...                  the files on the command line (main.appnet)
//                      backend nft|iptables           only this one
//                      loader TYPE, import-path DIR   as on the command line
//                      budget EDGES                   bounds the flow space
//                      module FILE, link              as on the command line; FILE is one of the files
//                      warn KIND, deny KIND, allow KIND
//                      list                           the summary names the domains
//                      escapes                        \xNN in the files is a byte
//   base             CIL to link into the reference policy
//   base-whole       CIL to take instead of the reference policy
// Sections that say what comes out:
//   messages         the diagnostics, for a person
//   messages-FORMAT  the same in another format; sarif without its rules
//   ast              the tree of main.appnet, printed
//   ir, cil, nft, iptables-v4, iptables-v6, summary

#include <optional>
#include <string>

#include "base/result.h"
#include "golden/golden_file.h"

namespace appnet::golden {

struct Outcome {
  bool skipped = false;  // the machine lacks the base policy that the case names
  bool has_errors = false;
  // The given file with every section that says what comes out as it came out, `messages` among them.
  GoldenFile actual;
};

// Errors are mistakes in the case itself.
base::Result<Outcome> RunCase(const GoldenFile& file);

}  // namespace appnet::golden
