#include "driver/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <sstream>

#include "base/check.h"
#include "driver/command_table.h"
#include "driver/run.h"
#include "driver/severities.h"

namespace appnet::driver {
namespace {

// Which policy of a system to work with.
void AddBaseOptions(CLI::App& command, Options& options) {
  command
      .add_option("--policy", options.policy,
                  "binary SELinux policy to check against, or `reference` for the small built-in one\n"
                  "(default: the running system's, then the configured one under /etc/selinux)")
      ->type_name("FILE");
  command
      .add_option("--module", options.modules,
                  "SELinux module to link into the base policy first: CIL text, or a policy package (.pp)")
      ->type_name("FILE")
      ->allow_extra_args(false);
}

// How messages look, and which there are.
struct MessageOptions {
  std::string format = "human";
  std::string color = "auto";
  // As CLI11 stores them; which came first is the parser's to say.
  std::vector<std::string> warned, denied, allowed;
};

void AddMessageOptions(CLI::App& command, MessageOptions& options, const std::string& of_what) {
  command.add_option("--format", options.format, of_what + ": human, short, json, sarif or github")
      ->check(CLI::IsMember({"human", "short", "json", "sarif", "github"}))
      ->type_name("FORMAT");
  command.add_option("--color", options.color, "colour messages: auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN");
}

constexpr char kKind[] = "KIND";

void AddSeverityOptions(CLI::App& command, MessageOptions& options) {
  const auto add = [&](const char* name, std::vector<std::string>& kinds, const char* text) {
    command.add_option(name, kinds, text)->type_name(kKind)->allow_extra_args(false);
  };
  add("--warn", options.warned, "make messages of this kind warnings (repeatable, as the next two)");
  add("--deny", options.denied, "make them errors; `warnings` stands for all warnings");
  add("--allow", options.allowed, "don't report them");
}

// The options of `command` in the order in which they were given.
std::vector<SeverityOption> InOrder(const CLI::App& command, const MessageOptions& options) {
  std::vector<SeverityOption> ordered;
  std::size_t warned = 0;
  std::size_t denied = 0;
  std::size_t allowed = 0;
  for (const CLI::Option* option : command.parse_order()) {
    const std::string name = option->get_name();
    if (name == "--warn")
      ordered.push_back({diag::Severity::kWarning, "--warn", options.warned.at(warned++)});
    else if (name == "--deny")
      ordered.push_back({diag::Severity::kError, "--deny", options.denied.at(denied++)});
    else if (name == "--allow")
      ordered.push_back({diag::Severity::kOff, "--allow", options.allowed.at(allowed++)});
  }
  return ordered;
}

// How a policy's sources are read.
void AddSourceOptions(CLI::App& command, Options& options) {
  command
      .add_option("-I", options.import_path, "where imports are looked for after the importing file's folder")
      ->type_name("DIR")
      ->allow_extra_args(false);
  command
      .add_option("--as-of", options.as_of,
                  "today's date for @expires (default: SOURCE_DATE_EPOCH, else today)")
      ->type_name("YYYY-MM-DD");
}

// What is shared by the commands that read a policy.
void AddPolicyOptions(CLI::App& command, Options& options, std::vector<std::string>& backends,
                      MessageOptions& messages, const std::string& formatted = "of the messages") {
  command.add_option("FILE", options.files, "policy files; several are one policy")->required();
  AddBaseOptions(command, options);
  AddSourceOptions(command, options);
  command
      .add_option("--loader", options.loaders,
                  "domain that loads the rules (default: whom the base policy lets label packets)")
      ->type_name("TYPE")
      ->allow_extra_args(false);
  command.add_option("--backend", backends, "rules to make: nft, iptables or both (default)")
      ->delimiter(',')
      ->check(CLI::IsMember({"nft", "iptables"}))
      ->type_name("NAME,...");
  AddMessageOptions(command, messages, formatted);
  AddSeverityOptions(command, messages);
  command.add_flag("-q", options.quiet, "print errors and warnings only");
  command.add_flag("-v", options.verbose, "print more about each step");
}

void AddLinkOption(CLI::App& command, Options& options) {
  command.add_flag("--link", options.link,
                   "link the result with the base policy and check who may do what there, constraints\n"
                   "included (always done with --module)");
}

constexpr char kAbout[] = "which SELinux domain may talk to whom, compiled to packet labels";

Command CommandNamed(const std::string& name) {
  static constexpr std::array<std::pair<const char*, Command>, 11> kCommands = {{
      {"build", Command::kBuild},
      {"check", Command::kCheck},
      {"completions", Command::kCompletions},
      {"diff", Command::kDiff},
      {"explain", Command::kExplain},
      {"fmt", Command::kFormat},
      {"graph", Command::kGraph},
      {"init", Command::kInit},
      {"man", Command::kManPage},
      {"query", Command::kQuery},
      {"verify", Command::kVerify},
  }};
  for (const auto& [known, command] : kCommands) {
    if (name == known) return command;
  }
  APPNET_CHECK(false, "a command that does nothing");
  return Command::kCheck;
}

// The names that compilers have for them; the parser of the command line takes one letter after one `-`.
constexpr char kDependencies[] = "--dependencies";
constexpr char kDependenciesFile[] = "--dependencies-file";
constexpr std::array<std::pair<const char*, const char*>, 2> kShortNames = {
    {{"-MD", kDependencies}, {"-MF", kDependenciesFile}}};

// The arguments of the command line, last first, as the parser wants them.
std::vector<std::string> Arguments(int argc, const char* const* argv) {
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  for (std::string& argument : arguments) {
    if (argument == "--") break;
    for (const auto& [short_name, long_name] : kShortNames) {
      if (argument == short_name) argument = long_name;
    }
  }
  std::ranges::reverse(arguments);
  return arguments;
}

// What the parser fills in.
struct Values {
  Options options;
  std::vector<std::string> backends;
  MessageOptions messages;
  std::string older, newer;  // diff
};

// The table: every command with its options.
void AddCommands(CLI::App& app, Values& values) {
  Options& options = values.options;
  std::vector<std::string>& backends = values.backends;
  MessageOptions& messages = values.messages;
  app.set_version_flag("--version", std::string("appnetc ") + APPNET_VERSION);
  app.require_subcommand(1);

  CLI::App& build = *app.add_subcommand("build", "check and compile a policy into one artifact");
  AddPolicyOptions(build, options, backends, messages);
  AddLinkOption(build, options);
  build
      .add_option("-o", options.output,
                  "the artifact; a path that ends in / gets the folder NAME/ (default: NAME.appnet.tar)")
      ->type_name("PATH");
  CLI::Option* dependencies = build.add_flag(
      kDependencies, options.dependencies,
      "also write what the artifact was made from, as a rule for make and ninja, to ARTIFACT.d (also: -MD)");
  build.add_option(kDependenciesFile, options.dependencies_file, "or to this file (also: -MF)")
      ->type_name("FILE")
      ->needs(dependencies);
  build
      .add_option(
          "--report", options.report,
          "also write a page of HTML: who reaches what, packet types with their rules, what the base\n"
          "policy says of unmatched traffic, and the ways around labels")
      ->type_name("FILE");

  CLI::App& check = *app.add_subcommand(
      "check", "everything but writing, with what the base policy says of unmatched traffic");
  AddPolicyOptions(check, options, backends, messages);
  AddLinkOption(check, options);
  check.add_flag(
      "--list", options.list,
      "list the domains that unmatched traffic is cut off for or left open to, and those that could\n"
      "go around labels");

  CLI::App& format = *app.add_subcommand("fmt", "bring policy files into the canonical layout, in place");
  format.add_option("FILE", options.files, "policy files; - is standard input, written to standard output")
      ->required();
  format.add_flag("--check", options.check_only,
                  "write nothing; name the files that would change (exit code 1 when there are any)");
  AddMessageOptions(format, messages, "of the messages");
  format.add_flag("-q", options.quiet, "print errors only");

  CLI::App& init = *app.add_subcommand(
      "init", "write machine.appnet here, a commented policy to start from that fits the base policy");
  AddBaseOptions(init, options);
  AddMessageOptions(init, messages, "of the messages");
  init.add_flag("-q", options.quiet, "print errors and warnings only");

  CLI::App& query = *app.add_subcommand("query", "answer a sentence: appnetc query FILE... 'SENTENCE'");
  query.footer(
      "SENTENCE is one of\n"
      "  who can connect tcp/443 to 10.0.0.1 via \"eth0\"\n"
      "  mozilla_t can connect squid to proxy      (exit code 1 when not)\n"
      "  what can mozilla_t connect\n"
      "with any rule of the language, and the names of the policy.");
  AddPolicyOptions(query, options, backends, messages, "of the messages; with json, of the answer too");

  CLI::App& diff =
      *app.add_subcommand("diff", "who gains and who loses which flows from one policy to another");
  diff.add_option("OLD", values.older, "a policy file or an artifact (NAME.appnet.tar, or its folder)")
      ->required();
  diff.add_option("NEW", values.newer, "likewise")->required();
  AddBaseOptions(diff, options);
  AddSourceOptions(diff, options);
  AddMessageOptions(diff, messages, "of the messages; with json and sarif, of the answer too");
  AddSeverityOptions(diff, messages);
  diff.add_flag("-q", options.quiet,
                "print errors and warnings only: the exit code is 1 when there are changes");
  diff.add_flag("-v", options.verbose, "print more about each step");
  diff.footer(
      "Both are seen with the same base policy. Exit code 0: no changes, 1: changes, or errors in a policy.");

  CLI::App& graph =
      *app.add_subcommand("graph", "who reaches what, as DOT: appnetc graph FILE... | dot -Tsvg");
  graph.add_option("FILE", options.files, "policy files; several are one policy")->required();
  AddBaseOptions(graph, options);
  AddSourceOptions(graph, options);
  AddMessageOptions(graph, messages, "of the messages");
  AddSeverityOptions(graph, messages);
  graph.add_flag("-v", options.verbose, "print more about each step");
  graph.footer("Past 50 rules, what the same rules speak of is drawn as one.");

  CLI::App& verify = *app.add_subcommand(
      "verify", "read an artifact back: whether its parts agree with each other, and with a base policy");
  verify.add_option("ARTIFACT", options.files, "NAME.appnet.tar, or its folder")->required()->expected(1);
  AddBaseOptions(verify, options);
  verify.add_flag("--link", options.link,
                  "link the module with the base policy and check who may do what there");
  AddMessageOptions(verify, messages, "of the messages");
  verify.add_flag("-q", options.quiet, "print errors only");

  CLI::App& explain = *app.add_subcommand(
      "explain", "the story behind a kind of message, with an example; without KIND, the kinds");
  explain.add_option(kKind, options.kind, "what stands in brackets after a message");

  // For packages and shells, not for people: `--help` leaves them out.
  CLI::App& completions = *app.add_subcommand("completions", "print what a shell completes commands with");
  completions.group("");
  completions.add_option("SHELL", options.written, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  CLI::App& man = *app.add_subcommand("man", "print a manual page, or the names of all");
  man.group("");
  man.add_option("PAGE", options.written, "appnetc, appnetc-build, ...");
}

std::string OneLine(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

OptionRow RowOf(const CLI::Option& option) {
  OptionRow row;
  for (const std::string& name : option.get_snames()) row.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) {
    row.names.push_back("--" + name);
    for (const auto& [short_name, long_name] : kShortNames) {
      if (row.names.back() == long_name) row.names.emplace_back(short_name);
    }
  }
  // "FORMAT:{human,json}" where there is a choice
  const std::string type = option.get_positional() ? option.get_name(true) : option.get_type_name();
  const std::string::size_type brace = type.find(":{");
  if (option.get_positional() || option.get_items_expected_max() > 0) row.value = type.substr(0, brace);
  if (brace != std::string::npos) {
    std::istringstream choices(type.substr(brace + 2, type.size() - brace - 3));
    for (std::string choice; std::getline(choices, choice, ',');) row.choices.push_back(choice);
  }
  if (row.value == kKind) {  // an error stays one, but every kind has a story
    const bool story = option.get_positional();
    if (!story) row.choices.emplace_back("warnings");
    for (const diag::Kind kind : diag::AllKinds()) {
      if (story || diag::DefaultSeverityOf(kind) != diag::Severity::kError)
        row.choices.emplace_back(diag::SlugOf(kind));
    }
  }
  row.text = OneLine(option.get_description());
  row.repeats = option.get_items_expected_max() > 1;
  return row;
}

CommandRow RowOf(const CLI::App& command, const std::string& name) {
  CommandRow row{name, command.get_description(), command.get_footer(), {}, {}};
  for (const CLI::Option* option : command.get_options())
    (option->get_positional() ? row.arguments : row.options).push_back(RowOf(*option));
  return row;
}

}  // namespace

bool IsPath(const OptionRow& row) {
  return row.value == "FILE" || row.value == "DIR" || row.value == "PATH" || row.value == "ARTIFACT" ||
         row.value == "OLD" || row.value == "NEW";
}

std::vector<CommandRow> CommandTable() {
  Values values;
  CLI::App app(kAbout, "appnetc");
  AddCommands(app, values);
  std::vector<CommandRow> table = {RowOf(app, "")};
  for (const CLI::App* command : app.get_subcommands({})) {
    if (!command->get_group().empty()) table.push_back(RowOf(*command, command->get_name()));
  }
  return table;
}

Parsed ParseCommandLine(int argc, const char* const* argv) {
  Values values;
  Options& options = values.options;
  std::vector<std::string>& backends = values.backends;
  MessageOptions& messages = values.messages;
  CLI::App app(kAbout, "appnetc");
  AddCommands(app, values);
  Parsed parsed;
  try {
    app.parse(Arguments(argc, argv));
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    parsed.exit_code = code == 0 ? kExitOk : kExitUsage;
    parsed.text = code == 0 ? out.str() : "appnetc: " + err.str();
    parsed.text_is_answer = code == 0;
    return parsed;
  }
  const CLI::App& given = *app.get_subcommands().front();
  options.command = CommandNamed(given.get_name());
  options.format = *diag::FormatNamed(messages.format);
  const auto severities = ReadSeverities(InOrder(given, messages));
  if (!severities) {
    parsed.exit_code = kExitUsage;
    parsed.text = "appnetc: " + severities.error().message + "\n";
    return parsed;
  }
  options.severities = severities.value();
  if (options.command == Command::kDiff) options.files = {values.older, values.newer};
  if (options.command == Command::kQuery) {
    if (options.files.size() < 2) {
      parsed.exit_code = kExitUsage;
      parsed.text =
          "appnetc: query: a sentence is missing, as in: appnetc query FILE 'who can connect tcp/443'\n";
      return parsed;
    }
    options.sentence = std::move(options.files.back());
    options.files.pop_back();
  }
  options.color = messages.color == "always"  ? Color::kAlways
                  : messages.color == "never" ? Color::kNever
                                              : Color::kAuto;
  if (!backends.empty()) {
    options.nft = std::find(backends.begin(), backends.end(), "nft") != backends.end();
    options.iptables = std::find(backends.begin(), backends.end(), "iptables") != backends.end();
  }
  parsed.options = std::move(options);
  return parsed;
}

}  // namespace appnet::driver
