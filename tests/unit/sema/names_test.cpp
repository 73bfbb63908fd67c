// Names, files and imports.

#include "base/file_system.h"
#include "unit/sema/checked.h"

namespace appnet::sema {
namespace {

using diag::Kind;

Options WithLibraries() {
  Options options;
  options.library_path = "/lib";
  options.import_path = {"/extra"};
  return options;
}

TEST(Names, Mistakes) {
  ExpectOnly(CheckBody("host a = 10.0.0.1; service a = tcp/1;"), Kind::kDuplicateName, "a",
             "`a` is declared twice");
  ExpectOnly(CheckBody("host expires = 10.0.0.1;"), Kind::kReservedName, "expires",
             "`expires` is a word of the language");
  ExpectOnly(CheckBody("host a.b = 10.0.0.1;"), Kind::kReservedName, "a.b",
             "a declared name has no dot, and `a.b` has one");
  ExpectOnly(CheckBody("host mozilla_t = 10.0.0.1;"), Kind::kNameTakenByPolicy, "mozilla_t",
             "`mozilla_t` is the name of a type of the policy `reference`");
  ExpectOnly(CheckBody("service user_mozilla_t = tcp/1;"), Kind::kNameTakenByPolicy, "user_mozilla_t",
             "`user_mozilla_t` is the name of an alias of the policy `reference`");
  ExpectOnly(CheckBody("template daemon() { forward any; }"), Kind::kNameTakenByPolicy, "daemon",
             "`daemon` is the name of an attribute of the policy `reference`");
  ExpectOnly(CheckBody("interface httpd_enable_cgi = \"eth0\";"), Kind::kNameTakenByPolicy,
             "httpd_enable_cgi", "`httpd_enable_cgi` is the name of a boolean of the policy `reference`");
  ExpectOnly(CheckBody("boolean mozilla_t = true;"), Kind::kNameTakenByPolicy, "mozilla_t",
             "`mozilla_t` is the name of a type of the policy `reference`");
  ExpectOnly(CheckBody("boolean httpd_enable_cgi = true; if httpd_enable_cgi { forward any; }"),
             Kind::kBooleanOfPolicy, "httpd_enable_cgi",
             "the policy `reference` has the boolean `httpd_enable_cgi` already",
             "remove the declaration; `if httpd_enable_cgi` then means the policy's own boolean");
  ExpectOnly(CheckBody("service s = tcp/1; domain sshd_t { connect any to s; }"), Kind::kWrongNameKind, "s",
             "`s` is a service, and a host is wanted here");
  ExpectOnly(CheckBody("host proxy = 10.0.0.1; domain sshd_t { connect any to prxoy; }"), Kind::kUnknownName,
             "prxoy", "unknown host `prxoy`", "did you mean `proxy`?");
}

// The base policy's meaning holds for a name that was taken from it: one error, not three.
TEST(Names, TakenNameIsOneError) {
  ExpectOnly(CheckBody("group mozilla_t = mozilla_t; domain mozilla_t { connect any; }"),
             Kind::kNameTakenByPolicy, "mozilla_t",
             "`mozilla_t` is the name of a type of the policy `reference`");
  ExpectOnly(CheckBody("host mozilla_t = 10.0.0.1; domain mozilla_t { connect any to mozilla_t; }"),
             Kind::kNameTakenByPolicy, "mozilla_t",
             "`mozilla_t` is the name of a type of the policy `reference`");
}

TEST(Imports, NamesAreVisibleAndQualified) {
  const Texts libraries = {
      {"/lib/std/services.appnet", "library services; service http = tcp/80;"},
      {"/p/site/hosts.appnet", "library hosts; host web = 10.0.0.1; import \"more.appnet\";"},
      {"/p/site/more.appnet", "library more; host db = 10.0.0.2;"},
      {"/extra/company/net.appnet", "library net; host office = 10.9.0.0/16;"}};
  const Checked checked = CheckBody(
      "import std.services; import \"site/hosts.appnet\"; import company.net;"
      "domain mozilla_t { connect http to web, office; connect services.http to hosts.web; }",
      libraries, WithLibraries());
  ExpectClean(checked);
  EXPECT_EQ(Text(checked.rule(0).region.peer), "10.0.0.1 10.9.0.0/16|");
  EXPECT_EQ(Text(checked.rule(1).region.peer), "10.0.0.1|");
  std::vector<std::string> names;
  for (const source::FileId file : checked.program->files) names.push_back(checked.sources->Name(file));
  EXPECT_EQ(names, (std::vector<std::string>{"/p/main.appnet", "std/services.appnet", "/p/site/hosts.appnet",
                                             "/extra/company/net.appnet", "/p/site/more.appnet"}));
}

TEST(Imports, AreNotTransitive) {
  const Texts libraries = {{"/p/a.appnet", "library a; import \"b.appnet\"; host x = y;"},
                           {"/p/b.appnet", "library b; host y = 10.0.0.2;"}};
  ExpectClean(CheckBody("import \"a.appnet\"; domain sshd_t { connect any to x; }", libraries));
  const Checked checked = CheckBody("import \"a.appnet\"; domain sshd_t { connect any to y; }", libraries);
  ExpectOnly(checked, Kind::kUnknownName, "y", "unknown host `y`");
  EXPECT_EQ(checked.diagnostics()[0].labels.at(0).text,
            "declared here, in a library that this file does not import");
}

TEST(Imports, AmbiguousNamesNameBoth) {
  const Texts libraries = {{"/p/a.appnet", "library site.a; host x = 10.0.0.1;"},
                           {"/p/b.appnet", "library b; host x = 10.0.0.2;"}};
  const std::string imports = "import \"a.appnet\"; import \"b.appnet\";";
  const Checked checked = CheckBody(imports + "domain sshd_t { connect any to x; }", libraries);
  ExpectOnly(checked, Kind::kAmbiguousName, "x", "`x` can mean two things here: `a.x` and `b.x`",
             "write `a.x` or `b.x`");
  EXPECT_EQ(checked.diagnostics()[0].labels.size(), 2U);
  const Checked qualified = CheckBody(imports + "domain sshd_t { connect any to a.x; }", libraries);
  ExpectClean(qualified);
  EXPECT_EQ(Text(qualified.rule(0).region.peer), "10.0.0.1|");
  // The file's own name is no better than an imported one; the policy's name qualifies it.
  ExpectOnly(
      CheckBody("import \"a.appnet\"; host x = 10.0.0.3; domain sshd_t { connect any to x; }", libraries),
      Kind::kAmbiguousName, "x", "`x` can mean two things here: `p.x` and `a.x`", "write `p.x` or `a.x`");
  const Checked own =
      CheckBody("import \"a.appnet\"; host x = 10.0.0.3; domain sshd_t { connect any to p.x; }", libraries);
  ExpectClean(own);
  EXPECT_EQ(Text(own.rule(0).region.peer), "10.0.0.3|");
  // Nothing is ambiguous that nobody uses, and one file imported twice is one file.
  ExpectClean(CheckBody(imports, libraries));
  ExpectClean(CheckBody("import \"a.appnet\"; import \"./a.appnet\"; domain sshd_t { connect any to x; }",
                        libraries));
}

TEST(Imports, WhatCantBeImported) {
  ExpectOnly(CheckBody("import \"nothing.appnet\"; domain sshd_t { connect any to who_knows; }"),
             Kind::kUnknownImport, "\"nothing.appnet\"", "there is no library `nothing.appnet`");
  ExpectOnly(CheckBody("import std.nothing;", {}, WithLibraries()), Kind::kUnknownImport, "std.nothing",
             "there is no library `std.nothing`");
  ExpectOnly(CheckBody("import \"folder\";", {{"/p/folder/x.appnet", ""}}), Kind::kUnknownImport,
             "\"folder\"", "can't read the library `folder`");
  ExpectOnly(CheckBody("import \"q.appnet\";", {{"/p/q.appnet", "policy q; unmatched deny;"}}),
             Kind::kImportOfPolicy, "\"q.appnet\"",
             "`/p/q.appnet` is a policy, and only a library can be imported");
  ExpectOnly(CheckBody("import \"main.appnet\";"), Kind::kImportOfPolicy, "\"main.appnet\"",
             "`/p/main.appnet` is a policy, and only a library can be imported");
  ExpectOnly(CheckBody("import \"q.appnet\"; domain sshd_t { connect any to x; }",
                       {{"/p/q.appnet", "host x = ::1;"}}),
             Kind::kMissingHeader, "", "`/p/q.appnet` is imported, and has no `library` statement");
}

TEST(Imports, UnreadableFile) {
  base::MemoryFileSystem files(Texts{{"/p/main.appnet", ""}, {"/p/l.appnet", "library l;"}});
  files.Break("/p/l.appnet", "Input/output error");
  const Checked checked = CheckFiles({{"/p/main.appnet", "policy p; unmatched deny; import \"l.appnet\";"}},
                                     {"/p/main.appnet"}, {}, ReferencePolicy(), &files);
  ExpectOnly(checked, Kind::kUnknownImport, "\"l.appnet\"", "can't read the library `l.appnet`");
  EXPECT_NE(checked.diagnostics()[0].notes.at(0).find("Input/output error"), std::string::npos);
}

// Names that the text would have declared are not reported on top of its syntax errors.
TEST(Imports, SyntaxErrorsHideNothingElse) {
  const Checked checked = CheckBody("import \"l.appnet\"; domain sshd_t { connect any to x; }",
                                    {{"/p/l.appnet", "library l; host x = ; host y = 10.0.0.1;"}});
  EXPECT_EQ(checked.diagnostics().size(), 1U) << checked.Listing();
  EXPECT_EQ(checked.diagnostics()[0].kind, Kind::kSyntaxError);
}

TEST(Imports, Cycles) {
  const Texts two = {{"/p/a.appnet", "library a; import \"b.appnet\";"},
                     {"/p/b.appnet", "library b; import \"a.appnet\";"}};
  const Checked checked = CheckBody("import \"a.appnet\";", two);
  ExpectOnly(checked, Kind::kImportCycle, "\"a.appnet\"",
             "import cycle: `/p/a.appnet` imports `/p/b.appnet` imports `/p/a.appnet`");
  EXPECT_EQ(checked.diagnostics()[0].labels.size(), 1U);
  ExpectOnly(CheckBody("import \"a.appnet\";", {{"/p/a.appnet", "library a; import \"./a.appnet\";"}}),
             Kind::kImportCycle, "\"./a.appnet\"", "import cycle: `/p/a.appnet` imports `/p/a.appnet`");
  // Two ways to one library are no cycle.
  ExpectClean(CheckBody("import \"a.appnet\"; import \"b.appnet\";",
                        {{"/p/a.appnet", "library a; import \"c.appnet\";"},
                         {"/p/b.appnet", "library b; import \"c.appnet\";"},
                         {"/p/c.appnet", "library c;"}}));
}

TEST(Imports, LongChain) {
  Texts libraries;
  for (int i = 0; i < 2000; ++i) {
    libraries["/p/l" + std::to_string(i) + ".appnet"] =
        "library l" + std::to_string(i) + "; import \"l" + std::to_string((i + 1) % 2000) + ".appnet\";";
  }
  const Checked checked = CheckBody("import \"l0.appnet\";", libraries);
  ASSERT_EQ(checked.diagnostics().size(), 1U) << checked.Listing();
  EXPECT_NE(checked.diagnostics()[0].message.find("(1992 more)"), std::string::npos)
      << checked.diagnostics()[0].message;
}

TEST(Roots, SeveralFilesAreOnePolicy) {
  const Texts files = {{"/p/a.appnet", "policy p; unmatched deny; host x = y;"},
                       {"/p/b.appnet", "host y = 10.0.0.1; domain sshd_t { connect any to x; }"}};
  const Checked checked = CheckFiles(files, {"/p/a.appnet", "/p/b.appnet"});
  ExpectClean(checked);
  EXPECT_EQ(checked.program->name, "p");
  ExpectClean(CheckFiles(files, {"/p/b.appnet", "/p/a.appnet"}));
  // A file given twice is one file.
  ExpectClean(CheckFiles(files, {"/p/a.appnet", "/p/b.appnet", "/p/a.appnet"}));
}

TEST(Roots, Headers) {
  ExpectOnly(CheckFiles({{"/a", "unmatched deny;"}}, {"/a"}), Kind::kMissingHeader, "",
             "the file has no `policy` statement");
  ExpectOnly(CheckFiles({{"/a", "unmatched deny;"}, {"/b", ""}}, {"/a", "/b"}), Kind::kMissingHeader, "",
             "no file has a `policy` statement");
  ExpectOnly(CheckFiles({{"/a", "policy a; unmatched deny;"}, {"/b", "policy b;"}}, {"/a", "/b"}),
             Kind::kDuplicateHeader, "b",
             "several files are one policy, and a second one has a `policy` statement");
  ExpectOnly(CheckFiles({{"/a", "policy a; unmatched deny; policy b;"}}, {"/a"}), Kind::kDuplicateHeader,
             "policy b;", "a second `policy` or `library` statement in one file");
  ExpectOnly(CheckFiles({{"/a", "unmatched deny; policy a;"}}, {"/a"}), Kind::kMisplacedStatement,
             "policy a;", "`policy` must be the first statement of its file");
  ExpectOnly(CheckFiles({{"/a", "library a; host x = ::1;"}}, {"/a"}), Kind::kMisplacedStatement,
             "library a;", "`a` is a library, and is given as a file of a policy");
  // Two things are missing.
  const Checked empty = CheckFiles({{"/a", ""}}, {"/a"});
  ASSERT_EQ(empty.diagnostics().size(), 2U) << empty.Listing();
  EXPECT_EQ(empty.diagnostics()[0].kind, Kind::kMissingHeader);
  EXPECT_EQ(empty.diagnostics()[1].kind, Kind::kUnmatchedMissing);
}

// What is declared in the wrong place is said there, and not again at its uses.
TEST(Names, MisplacedDeclarationIsOneError) {
  ExpectOnly(CheckBody("domain sshd_t { host h = ::1; connect any to h; }"), Kind::kMisplacedStatement,
             "host h = ::1;", "a declaration can't stand here: it stands outside of all blocks");
}

TEST(Roots, MissingImportHidesNoMissingMode) {
  const Checked checked =
      CheckFiles({{"/a", "policy a; import \"x\"; domain sshd_t { connect any to h; }"}}, {"/a"});
  ASSERT_EQ(checked.diagnostics().size(), 2U) << checked.Listing();
  EXPECT_EQ(checked.diagnostics()[0].kind, Kind::kUnmatchedMissing);
  EXPECT_EQ(checked.diagnostics()[1].kind, Kind::kUnknownImport);
}

TEST(Booleans, AreOneNameForTheSystem) {
  const Checked checked = CheckBody(
      "import \"a.appnet\"; import \"b.appnet\";",
      {{"/p/a.appnet", "library a; boolean x = true;"}, {"/p/b.appnet", "library b; boolean x = true;"}});
  ExpectOnly(checked, Kind::kDuplicateName, "x", "the SELinux boolean `x` is declared by two files");
}

TEST(StandardLibraries, AreGood) {
  base::MemoryFileSystem files(Texts{{"/p/main.appnet", ""}});
  const std::unique_ptr<base::FileSystem> real = base::RealFileSystem();
  for (const std::string name : {"services", "net"}) {
    const base::Result<std::string> text =
        real->Read(std::string(APPNET_SOURCE_DIR) + "/stdlib/std/" + name + ".appnet");
    ASSERT_TRUE(text.ok());
    ASSERT_TRUE(files.WriteFile("/lib/std/" + name + ".appnet", text.value()).ok());
  }
  const Checked checked = CheckFiles(
      {{"/p/main.appnet",
        "policy p; unmatched deny; import std.services; import std.net;"
        "domain ping_t { connect ping to private; } domain named_t { accept dns from any except multicast; }"
        "domain mozilla_t { connect http, https to internet; connect ntp to loopback, link_local, "
        "documentation; }"}},
      {"/p/main.appnet"}, WithLibraries(), ReferencePolicy(), &files);
  ExpectClean(checked);
  EXPECT_EQ(Text(checked.rule(1).region.services), "tcp/53 udp/53|tcp/53 udp/53");
  EXPECT_EQ(checked.rule(0).region.services.v4, flow::IntervalSet::Of(0x010800, 0x0108ff));
}

// The example that the language is introduced with, with the real libraries.
TEST(Language, AtAGlance) {
  base::MemoryFileSystem files(Texts{{"/p/main.appnet", ""}});
  const std::unique_ptr<base::FileSystem> real = base::RealFileSystem();
  const base::Result<std::string> services =
      real->Read(std::string(APPNET_SOURCE_DIR) + "/stdlib/std/services.appnet");
  ASSERT_TRUE(services.ok());
  ASSERT_TRUE(files.WriteFile("/lib/std/services.appnet", services.value()).ok());
  const Checked checked =
      CheckFiles({{"/p/main.appnet", R"(# Only the browser may use the company proxy, and only over the LAN.
policy workstation;

import std.services;

interface lan      = "eth0", "enp*";
host      proxy    = 10.20.0.7, 2001:db8:20::7;
host      intranet = 10.20.0.0/16 except 10.20.66.0/24;
service   squid    = tcp/3128, tcp/8080;
group     browsers = mozilla_t, chromium_t;
boolean   browser_direct = false;

domain browsers {
    connect squid to proxy via lan;
    connect dns to intranet;
    if browser_direct {
        connect https to any except intranet;
    }
}

domain sshd_t {
    accept ssh from intranet via lan;
    audit accept ssh from 10.20.66.0/24;      # granted, and every packet logged
}

forward https from intranet to any via lan -> "wan0";

unmatched inherit;

assert only browsers can connect squid to proxy via lan;
assert sshd_t cannot connect squid to proxy via lan;
)"}},
                 {"/p/main.appnet"}, WithLibraries(), ReferencePolicy(), &files);
  ExpectClean(checked);
  EXPECT_EQ(checked.program->name, "workstation");
  EXPECT_EQ(checked.program->rules.size(), 6U);
  EXPECT_EQ(checked.program->assertions.size(), 2U);
  EXPECT_EQ(Text(checked.rule(0).region.services), "tcp/3128 tcp/8080|tcp/3128 tcp/8080");
  EXPECT_EQ(checked.program->conditions.Text(checked.rule(2).condition), "browser_direct");
  EXPECT_EQ(Text(checked.program->interfaces.Any(), checked.program->interfaces),
            "lo eth0 wan0 enp* (other)");
}

}  // namespace
}  // namespace appnet::sema
