// The extension's grammar, as VS Code reads it: `colours(line)` gives the tokens of one line, [{start, end, scopes}].
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const oniguruma = require("vscode-oniguruma");
const { INITIAL, Registry, parseRawGrammar } = require("vscode-textmate");

const GRAMMAR = path.join(__dirname, "..", "syntaxes", "appnet.tmLanguage.json");

async function loadColours() {
  await oniguruma.loadWASM(fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer);
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => parseRawGrammar(fs.readFileSync(GRAMMAR, "utf8"), GRAMMAR),
  });
  const grammar = await registry.loadGrammar("source.appnet");
  return (line) =>
    grammar
      .tokenizeLine(line, INITIAL)
      .tokens.map(({ startIndex, endIndex, scopes }) => ({ start: startIndex, end: endIndex, scopes: scopes.slice(1) }));
}

module.exports = { loadColours };
