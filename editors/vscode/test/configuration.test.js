// package.json and language-configuration.json: the patterns do what they are for, and everything named is there.
"use strict";

const assert = require("node:assert");
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const test = require("node:test");

const EXTENSION = path.join(__dirname, "..");
const { contributes } = require("../package.json");
const configuration = require("../language-configuration.json");

test("the files that package.json names exist and are JSON", () => {
  const { languages, grammars, snippets } = contributes;
  for (const name of [languages[0].configuration, ...grammars.map((one) => one.path), ...snippets.map((one) => one.path)]) {
    JSON.parse(fs.readFileSync(path.join(EXTENSION, name), "utf8"));
  }
});

test("the licence is the project's", () => {
  const [own, project] = [EXTENSION, process.env.APPNET_SOURCE_DIR].map((folder) => fs.readFileSync(path.join(folder, "LICENSE")));
  assert.ok(own.equals(project));
});

test("a word is a name or an address", () => {
  const line = 'connect my-web.https, tcp/443 to 10.20.0.7, 2001:db8::7 via "eth0.10";';
  const words = line.match(new RegExp(configuration.wordPattern, "g"));
  assert.deepStrictEqual(words, ["connect", "my-web.https", "tcp", "443", "to", "10.20.0.7", "2001:db8::7", "via", "eth0.10"]);
});

test("blocks are indented", () => {
  const { increaseIndentPattern, decreaseIndentPattern } = configuration.indentationRules;
  const deeper = (line) => new RegExp(increaseIndentPattern).test(line);
  assert.ok(deeper("domain mozilla_t {"));
  assert.ok(deeper("    } else {   # the other way"));
  assert.ok(!deeper("domain mozilla_t { connect tcp/80; }"));
  assert.ok(!deeper("# domain mozilla_t {"));
  assert.ok(!deeper("connect tcp/80; # {"));
  assert.ok(new RegExp(decreaseIndentPattern).test("    } else {"));
  assert.ok(!new RegExp(decreaseIndentPattern).test("domain x { }"));
});

test("regions fold", () => {
  const { start, end } = configuration.folding.markers;
  assert.ok(new RegExp(start).test("  # region the office"));
  assert.ok(!new RegExp(start).test("# regional offices"));
  assert.ok(new RegExp(end).test("#endregion"));
});

test("the compiler's messages are matched", (context) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "appnet-"));
  context.after(() => fs.rmSync(folder, { recursive: true }));
  fs.writeFileSync(path.join(folder, "wrong.appnet"), "policy wrong;\ndomain mozila_t { connect tcp/80; }\nunmatched deny;\n");
  const result = spawnSync(process.env.APPNETC, ["check", "--policy", "reference", "wrong.appnet"], { cwd: folder, encoding: "utf8" });
  assert.strictEqual(result.status, 1);
  const [head, place] = contributes.problemMatchers[0].pattern;
  const lines = result.stderr.split("\n");
  const at = lines.findIndex((line) => new RegExp(head.regexp).test(line));
  const said = new RegExp(head.regexp).exec(lines[at]);
  const where = new RegExp(place.regexp).exec(lines[at + 1]);
  assert.deepStrictEqual([said[head.severity], said[head.code]], ["error", "unknown-domain"]);
  assert.match(said[head.message], /mozila_t/);
  assert.deepStrictEqual([where[place.file], where[place.line], where[place.column]], ["wrong.appnet", "2", "8"]);
});
