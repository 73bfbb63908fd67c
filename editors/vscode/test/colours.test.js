// Token by token: the lines of colours/*.appnet with the scopes that stand below them.
"use strict";

const assert = require("node:assert");
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const test = require("node:test");

const EXTENSION = path.join(__dirname, "..");
const COLOURS = path.join(__dirname, "colours");

function run(file) {
  const program = require.resolve("vscode-tmgrammar-test/dist/unit.js");
  const result = spawnSync(process.execPath, [program, "--compact", file], { cwd: EXTENSION, encoding: "utf8" });
  return { passed: result.status === 0, said: result.stdout + result.stderr };
}

for (const name of fs.readdirSync(COLOURS)) {
  test(`colours of ${name}`, () => {
    const { passed, said } = run(path.join(COLOURS, name));
    assert.ok(passed, said);
  });
}

test("a wrong scope is noticed", (context) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "appnet-"));
  context.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, "wrong.appnet");
  const text = fs.readFileSync(path.join(COLOURS, "rules.appnet"), "utf8");
  fs.writeFileSync(file, text.replace("keyword.control.rule.appnet", "keyword.control.conditional.appnet"));
  assert.ok(!run(file).passed);
});
