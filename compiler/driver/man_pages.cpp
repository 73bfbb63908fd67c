#include "driver/man_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace appnet::driver {
namespace {

using Table = std::vector<CommandRow>;

constexpr std::string_view kExitStatus = R"(.SH EXIT STATUS
.TP
.B 0
All is well.
.TP
.B 1
The policy has errors, the answer to a question is no, or
.B fmt \-\-check
found files that would change, or
.B diff
found changes.
.TP
.B 2
The command line is wrong.
.TP
.B 3
The environment failed: a file, or the base policy.
.TP
.B 4
A bug of the program.
)";

constexpr std::string_view kSurroundings = R"(.SH ENVIRONMENT
.TP
.B SOURCE_DATE_EPOCH
The date for
.B @expires
and the time in artifacts, in seconds since 1970.
.TP
.B NO_COLOR
When set to anything, messages have no colours unless
.B \-\-color
asks for them.
.SH FILES
.TP
.I /sys/fs/selinux/policy
The running system's policy, which is checked against unless
.B \-\-policy
names another.
.TP
.I /etc/selinux/config
Names the policy where none is running.
)";

std::string PageOf(const CommandRow& command) {
  return command.name.empty() ? "appnetc" : "appnetc-" + command.name;
}

// As text of a page: nothing in it is a request or an escape.
std::string Roff(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (c == '\'')
      out += "\\(aq";
    else if (c == '`')
      out += "\\(ga";
    else
      out += c;
    line_begins = c == '\n';
  }
  return out;
}

std::string InCapitals(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// `\fB--policy\fR \fIFILE\fR`
std::string Heading(const OptionRow& option) {
  std::string out;
  for (const std::string& name : option.names) {
    if (!out.empty()) out += ", ";
    out += fmt::format("\\fB{}\\fR", Roff(name));
  }
  if (option.value.empty()) return out;
  return out + fmt::format("{}\\fI{}\\fR", out.empty() ? "" : " ", Roff(option.value));
}

std::string Rows(const std::vector<OptionRow>& rows) {
  std::string out;
  for (const OptionRow& row : rows) out += fmt::format(".TP\n{}\n{}\n", Heading(row), Roff(row.text));
  return out;
}

std::string Synopsis(const CommandRow& command) {
  std::string out = fmt::format(".B appnetc{}\n", command.name.empty() ? "" : " " + command.name);
  if (command.name.empty()) return out + ".I COMMAND\n[\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]\n";
  out += "[\\fIOPTION\\fR...]";
  for (const OptionRow& argument : command.arguments)
    out += fmt::format(" {}{}", Heading(argument), argument.repeats ? "..." : "");
  return out + "\n";
}

// The commands, with their pages.
std::string Commands(const Table& table) {
  std::string out = ".SH COMMANDS\n";
  for (const CommandRow& command : table) {
    if (!command.name.empty())
      out += fmt::format(".TP\n\\fB{}\\fR\n{}; see\n.BR {} (1)\n", Roff(command.name), Roff(command.text),
                         Roff(PageOf(command)));
  }
  return out;
}

std::string SeeAlso(const CommandRow& command) {
  return fmt::format(".SH SEE ALSO\n{}.BR semodule (8),\n.BR nft (8),\n.BR iptables\\-restore (8)\n",
                     command.name.empty() ? "" : ".BR appnetc (1),\n");
}

std::string Page(const CommandRow& command, const Table& table) {
  const std::string name = PageOf(command);
  std::string out =
      fmt::format(".\\\" Written by `appnetc man {0}`.\n.TH {1} 1 \"\" \"appnetc {2}\" \"User Commands\"\n",
                  name, Roff(InCapitals(name)), APPNET_VERSION);
  out += fmt::format(".SH NAME\n{} \\- {}\n", Roff(name), Roff(command.text));
  out += fmt::format(".SH SYNOPSIS\n{}", Synopsis(command));
  out += fmt::format(
      ".SH DESCRIPTION\n{}\n",
      command.name.empty()
          ? "A policy says which SELinux domains may reach which hosts and services. It is compiled to "
            "an\nSELinux module and to nftables and iptables rules that label packets for it."
          : Roff(command.text) + ".");
  if (!command.footer.empty()) out += fmt::format(".PP\n.nf\n{}\n.fi\n", Roff(command.footer));
  if (command.name.empty()) out += Commands(table);
  if (!command.arguments.empty()) out += ".SH ARGUMENTS\n" + Rows(command.arguments);
  out += ".SH OPTIONS\n" + Rows(command.options);
  out += kExitStatus;
  out += kSurroundings;
  return out + SeeAlso(command);
}

}  // namespace

std::vector<std::string> ManPageNames(const Table& table) {
  std::vector<std::string> names;
  for (const CommandRow& command : table) names.push_back(PageOf(command));
  return names;
}

std::optional<std::string> ManPage(std::string_view name, const Table& table) {
  const auto command = std::ranges::find(table, name, PageOf);
  if (command == table.end()) return std::nullopt;
  return Page(*command, table);
}

}  // namespace appnet::driver
