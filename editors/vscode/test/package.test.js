// The package: the same bytes wherever and whenever it is made, and in it what VS Code needs and nothing else.
"use strict";

const assert = require("node:assert");
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const test = require("node:test");

const EXTENSION = path.join(__dirname, "..");
const { version } = require("../package.json");

/** Packs a copy of the extension: the file's bytes. */
function pack(context, settings) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "appnet-"));
  context.after(() => fs.rmSync(folder, { recursive: true }));
  const copy = path.join(folder, "extension");
  fs.cpSync(EXTENSION, copy, { recursive: true, filter: (name) => path.basename(name) !== "node_modules" });
  fs.symlinkSync(path.join(EXTENSION, "node_modules"), path.join(copy, "node_modules"));
  for (const name of fs.readdirSync(copy)) fs.utimesSync(path.join(copy, name), settings.time, settings.time);
  const made = path.join(folder, "made.vsix");
  const result = spawnSync("npm", ["run", "--silent", "package", "--", "--out", made], {
    cwd: copy,
    encoding: "utf8",
    env: { ...process.env, TZ: settings.zone },
  });
  assert.strictEqual(result.status, 0, result.stdout + result.stderr);
  return fs.readFileSync(made);
}

/** The names in a zip file, from its central directory. */
function names(zip) {
  const found = [];
  let at = zip.readUInt32LE(zip.length - 22 + 16);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    found.push(zip.toString("utf8", at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return found.sort();
}

test("the package is reproducible, and holds what VS Code needs", (context) => {
  const first = pack(context, { time: 1, zone: "UTC" });
  const second = pack(context, { time: 1700000000, zone: "Pacific/Kiritimati" });
  assert.ok(first.equals(second));
  const held = names(first);
  for (const name of ["package.json", "language-configuration.json", "syntaxes/appnet.tmLanguage.json",
    "syntaxes/markdown.tmLanguage.json", "snippets/appnet.json", "images/workstation.png", "readme.md", "LICENSE.txt"]) {
    assert.ok(held.includes(`extension/${name}`), `${name} is not in ${held}`);
  }
  assert.deepStrictEqual(held.filter((name) => /node_modules|test|tools|lock/.test(name)), []);
  assert.match(version, /^\d+\.\d+\.\d+$/);
});
