#include "driver/completions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"

namespace appnet::driver {
namespace {

using Table = std::vector<CommandRow>;

std::vector<std::string> CommandNames(const Table& table) {
  std::vector<std::string> names;
  for (const CommandRow& command : table) {
    if (!command.name.empty()) names.push_back(command.name);
  }
  return names;
}

// With a backslash before each of `signs`.
std::string Escaped(std::string_view text, std::string_view signs) {
  std::string out;
  for (const char c : text) {
    if (signs.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// As one word of any of the shells.
std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

// What bash does after an option that takes a value.
std::string BashValue(const OptionRow& option) {
  if (!option.choices.empty())
    return fmt::format("words={}", Quoted(fmt::format("{}", fmt::join(option.choices, " "))));
  return IsPath(option) ? "return" : "compopt +o default 2>/dev/null; return";
}

std::string Bash(const Table& table) {
  std::string values;
  std::string words;
  for (const CommandRow& command : table) {
    std::vector<std::string> here = command.name.empty() ? CommandNames(table) : std::vector<std::string>();
    for (const OptionRow& option : command.options) {
      std::vector<std::string> patterns;
      for (const std::string& name : option.names) {
        here.push_back(name);
        patterns.push_back(Quoted(command.name + " " + name));
      }
      if (!option.value.empty())
        values += fmt::format("        {}) {} ;;\n", fmt::join(patterns, " | "), BashValue(option));
    }
    words += fmt::format("                {}) words={} ;;\n", Quoted(command.name),
                         Quoted(fmt::format("{}", fmt::join(here, " "))));
  }
  return fmt::format(R"(# bash completion for appnetc, written by `appnetc completions bash`.
_appnetc() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command='' words='' i
    for ((i = 1; i < COMP_CWORD; ++i)); do
        case ${{COMP_WORDS[i]}} in
            {}) command=${{COMP_WORDS[i]}}; break ;;
        esac
    done
    # `--option=value` comes as three words.
    if [[ $current == = ]]; then
        current=''
    elif [[ $before == = ]]; then
        before=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    COMPREPLY=()
    case "$command $before" in
{}        *)
            [[ -z $command || $current == -* ]] || return
            case $command in
{}            esac
            ;;
    esac
    compopt +o default 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}}
complete -o default -F _appnetc appnetc
)",
                     fmt::join(CommandNames(table), " | "), values, words);
}

std::string ZshValue(const OptionRow& row) {
  if (!row.choices.empty()) return fmt::format(":{}:({})", row.value, fmt::join(row.choices, " "));
  return fmt::format(":{}:{}", row.value, IsPath(row) ? "_files" : " ");
}

// The arguments of `_arguments` for a command.
std::string ZshArguments(const CommandRow& command, std::string_view indent) {
  std::string out;
  for (const OptionRow& option : command.options) {
    for (const std::string& name : option.names) {
      std::string spec = option.repeats ? "*" : fmt::format("({})", fmt::join(option.names, " "));
      spec += name;
      if (!option.value.empty() && name.starts_with("--")) spec += '=';
      spec += fmt::format("[{}]", Escaped(option.text, "[]:\\"));
      if (!option.value.empty()) spec += ZshValue(option);
      out += fmt::format(" \\\n{}{}", indent, Quoted(spec));
    }
  }
  for (const OptionRow& argument : command.arguments)
    out += fmt::format(" \\\n{}{}", indent, Quoted((argument.repeats ? "*" : "") + ZshValue(argument)));
  return out;
}

std::string Zsh(const Table& table) {
  std::string commands;
  std::string cases;
  for (const CommandRow& command : table) {
    if (command.name.empty()) continue;
    commands +=
        fmt::format("                {}\n", Quoted(command.name + ":" + Escaped(command.text, ":\\")));
    cases += fmt::format("                {})\n                    _arguments -s{} ;;\n", command.name,
                         ZshArguments(command, "                        "));
  }
  return fmt::format(R"(#compdef appnetc
# zsh completion for appnetc, written by `appnetc completions zsh`.
_appnetc() {{
    local curcontext=$curcontext state line
    typeset -A opt_args
    _arguments -C{} \
        '1:command:->command' '*::argument:->arguments'
    case $state in
        command)
            local -a commands=(
{}            )
            _describe command commands ;;
        arguments)
            case $line[1] in
{}            esac ;;
    esac
}}
_appnetc "$@"
)",
                     ZshArguments(table.front(), "        "), commands, cases);
}

// `-s o`, `-l policy`, `-o MD`
std::string FishName(const std::string& name) {
  if (name.starts_with("--")) return "-l " + name.substr(2);
  return (name.size() == 2 ? "-s " : "-o ") + name.substr(1);
}

std::string FishOption(const OptionRow& option) {
  std::string out;
  for (const std::string& name : option.names) out += " " + FishName(name);
  if (!option.choices.empty()) {
    out += fmt::format(" -x -a {}", Quoted(fmt::format("{}", fmt::join(option.choices, " "))));
  } else if (!option.value.empty()) {
    out += IsPath(option) ? " -r -F" : " -x";
  }
  return fmt::format("{} -d {}", out, Quoted(option.text));
}

std::string Fish(const Table& table) {
  std::string out = "# fish completion for appnetc, written by `appnetc completions fish`.\n";
  for (const CommandRow& command : table) {
    std::string when = "__fish_use_subcommand";
    if (!command.name.empty()) {
      out += fmt::format("complete -c appnetc -n __fish_use_subcommand -f -a {} -d {}\n", command.name,
                         Quoted(command.text));
      when = fmt::format("'__fish_seen_subcommand_from {}'", command.name);
    }
    for (const OptionRow& option : command.options)
      out += fmt::format("complete -c appnetc -n {}{}\n", when, FishOption(option));
  }
  return out;
}

}  // namespace

std::string Completions(std::string_view shell, const std::vector<CommandRow>& table) {
  if (shell == "bash") return Bash(table);
  if (shell == "zsh") return Zsh(table);
  APPNET_CHECK(shell == "fish", "a shell that has no completions");
  return Fish(table);
}

}  // namespace appnet::driver
