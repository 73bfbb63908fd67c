#include "driver/starting_policy.h"

#include <fmt/format.h>

#include <array>
#include <sstream>

#include "analysis/unmatched.h"
#include "base/memory_file_system.h"
#include "driver/compile.h"
#include "driver/print.h"
#include "driver/run.h"

namespace appnet::driver {
namespace {

constexpr char kFile[] = "machine.appnet";

struct Mode {
  std::string_view name;
  std::string_view meaning;
};
constexpr std::array<Mode, 4> kModes = {{
    {"base", "no label: as the base policy says of unlabeled packets"},
    {"inherit", "labels by the base policy's own conventions, for each port"},
    {"audit", "everybody may, and each packet is logged"},
    {"deny", "nobody may but the kernel itself"},
}};

// PRETTY_NAME of os-release(5); empty where there is none.
std::string SystemName(const base::FileSystem& files) {
  const base::Result<std::string> text = files.Read("/etc/os-release");
  if (!text) return {};
  std::istringstream lines(text.value());
  constexpr std::string_view kKey = "PRETTY_NAME=";
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kKey)) continue;
    std::string name = line.substr(kKey.size());
    std::erase_if(name, [](char c) { return c == '"' || c == '\'' || static_cast<unsigned char>(c) < ' '; });
    return name;
  }
  return {};
}

// What the mode would mean. No value when no policy can be made for this base policy; the emitter says why.
base::Result<std::optional<analysis::UnmatchedReport>> Count(const Mode& mode, const Options& options,
                                                             const sepolicy::Policy& base,
                                                             Messages& messages) {
  std::optional<analysis::UnmatchedReport> nothing;
  const base::MemoryFileSystem files({{kFile, fmt::format("policy machine;\nunmatched {};\n", mode.name)}});
  Options counted = options;
  counted.files = {kFile};
  const base::Result<std::optional<Understood>> understood =
      Understand(counted, "1970-01-01", base, files, messages.sources, messages.emitter);
  if (!understood) return understood.error();
  if (!understood.value()) return nothing;
  return std::optional(
      analysis::ReportUnmatched(understood.value()->program, understood.value()->policy, base));
}

std::string CountLine(const Mode& mode, const analysis::UnmatchedReport& report) {
  std::string line =
      fmt::format("#   {:<8} {}:\n#            open to {}", mode.name, mode.meaning, report.open.size());
  if (!report.partly.empty()) line += fmt::format(", partly to {}", report.partly.size());
  return line + fmt::format(", cuts off {}, of which {} may open network sockets\n", report.cut_off.size(),
                            report.cut_off_with_sockets);
}

// A domain that readers know, for the example.
std::string KnownDomain(const sepolicy::Policy& base) {
  for (const char* name : {"sshd_t", "httpd_t", "ntpd_t"}) {
    const sepolicy::NameLookup found = base.Find(name);
    if (found.kind == sepolicy::NameLookup::Kind::kType && base.IsDomain(found.id)) return name;
  }
  return base.Domains().empty() ? "sshd_t" : base.TypeName(base.Domains().front());
}

std::string Text(const sepolicy::Policy& base, const std::string& system, const std::string& counts,
                 bool base_is_open) {
  std::string reason = base_is_open ? "# `base` cuts off nobody who has network sockets, so nothing changes "
                                      "but for what rules govern.\n"
                                      "unmatched base;\n"
                                    : "# With `audit` nothing breaks: the log shows what the machine needs. "
                                      "Write rules for that, then choose\n"
                                      "# another mode.\nunmatched audit;\n";
  return fmt::format(
      R"(# Which domains of this machine may reach which hosts and services. Written for the SELinux policy `{}`{},
# which has {} domains.
#
#   appnetc check {}    whether all is well, and who may do what
#   appnetc build {}    machine.appnet.tar, with a Makefile that installs it
policy machine;

# A flow that a rule matches is governed by this file alone: only the domains of the rules that match may send and
# receive its packets. Rules only add, and their order does not matter. For example:
#
#     import std.services;
#     interface lan = "eth0";
#     host office   = 10.20.0.0/16, 2001:db8:20::/48;
#     domain {} {{
#         accept ssh from office via lan;
#         connect dns to office;
#     }}

# What becomes of local traffic that no rule governs. As soon as rules are loaded, every packet of the machine is
# checked, so that this concerns all {} domains (with the booleans at their defaults):
#
{}#
{}
# The same for what this machine forwards: `base`, `audit` or `deny`.
unmatched forward base;
)",
      base.name(), system.empty() ? "" : " of " + system, base.Domains().size(), kFile, kFile,
      KnownDomain(base), base.Domains().size(), counts, reason);
}

}  // namespace

int WriteStartingPolicy(const Options& options, const LinkedBase& base, base::FileSystem& files,
                        Messages& messages) {
  if (files.Exists(kFile)) return messages.Fail({fmt::format("`{}` is there already", kFile)});
  std::string counts;
  bool base_is_open = false;
  for (const Mode& mode : kModes) {
    const auto report = Count(mode, options, base.policy, messages);
    if (!report) return messages.Fail(report.error());
    if (!report.value()) return kExitPolicy;
    counts += CountLine(mode, *report.value());
    if (mode.name == "base") base_is_open = report.value()->cut_off_with_sockets == 0;
  }
  const base::Status written =
      files.WriteFile(kFile, Text(base.policy, SystemName(files), counts, base_is_open));
  if (!written) return messages.Fail(written.error());
  if (options.quiet || Print(fmt::format("wrote {}\n", kFile))) return kExitOk;
  return messages.Fail({"can't write to standard output"});
}

}  // namespace appnet::driver
