// What each snippet inserts, its choices and defaults filled in, is what the compiler takes.
"use strict";

const assert = require("node:assert");
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const test = require("node:test");

const SNIPPETS = require("../snippets/appnet.json");

// Where a snippet can't stand alone: what goes before it and behind it.
const PLACES = {
  policy: ["", ""],
  library: ["", ""],
  connect: ["domain ssh_t { ", " }"],
  accept: ["domain sshd_t { ", " }"],
  audit: ["domain sshd_t { ", " }"],
  if: ["domain mozilla_t { ", " }"],
  ifelse: ["domain mozilla_t { ", " }"],
  use: ["template client(domain who, host where, service what) { domain who { connect what to where; } }\n", ""],
  "assert can": ["domain mozilla_t { connect tcp/443; }\n", ""],
  "assert only": ["domain mozilla_t { connect tcp/443; }\n", ""],
  owner: ["", " domain sshd_t { accept tcp/22; }"],
  expires: ["", " domain sshd_t { accept tcp/22; }"],
};
// These bring the statement that every policy needs, or are no policy.
const WHOLE = ["policy", "unmatched", "library"];

/** The texts of a snippet: one for each choice. */
function expand(body) {
  const text = [body].flat().join("\n").replace(/\$\{\d+:((?:[^}\\]|\\.)*)\}/g, "$1");
  const choice = /\$\{\d+\|([^|]*)\|\}/.exec(text);
  if (!choice) return [text];
  return choice[1].split(",").flatMap((chosen) => expand(text.replace(choice[0], chosen)));
}

function check(context, text) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "appnet-"));
  context.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, "snippet.appnet");
  fs.writeFileSync(file, text);
  const files = [file];
  if (text.startsWith("library")) {
    files[0] = path.join(folder, "user.appnet");
    fs.writeFileSync(files[0], 'policy user;\nimport "snippet.appnet";\ndomain ssh_t { connect tcp/22 to servers; }\nunmatched deny;\n');
  }
  return spawnSync(process.env.APPNETC, ["check", "--policy", "reference", "-q", ...files], { encoding: "utf8" });
}

for (const [name, { prefix, description, body }] of Object.entries(SNIPPETS)) {
  test(`snippet ${name}`, (context) => {
    assert.ok(prefix && description);
    const [before, behind] = PLACES[name] ?? ["", ""];
    for (const text of expand(body)) {
      assert.ok(!text.includes("$"), text);
      let whole = before + text + behind;
      if (!WHOLE.includes(name)) whole = `policy snippet;\n${whole}\nunmatched deny;\n`;
      if (name === "unmatched") whole = `policy snippet;\n${whole}\n`;
      const result = check(context, whole);
      // False assertions are the compiler's to find: a snippet offers `can` and `cannot`.
      const good = result.status === 0 || (result.status === 1 && /assertion-failed/.test(result.stderr) && / cannot /.test(text));
      assert.ok(good, `${whole}\n${result.stderr}`);
    }
  });
}

test("prefixes are told apart", () => {
  const prefixes = Object.values(SNIPPETS).map(({ prefix }) => prefix);
  assert.deepStrictEqual([...new Set(prefixes)], prefixes);
});
