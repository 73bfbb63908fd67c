// The colours against the compiler's own lexer grammar, word by word: in every text of the tree each token of the lexer is
// coloured as a whole and as what it is. A token that only one of the two grammars knows fails here.
"use strict";

const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const { loadColours } = require("./colours.js");
const { LexerGrammar } = require("./lexer_grammar.js");

// The project's tree: the tests run in a copy of the extension, beside node_modules.
const ROOT = process.env.APPNET_SOURCE_DIR;
const LEXER = new LexerGrammar(fs.readFileSync(path.join(ROOT, "grammar/AppnetLexer.g4"), "utf8"));

const DECLARATION = /^storage\.type\./;
const CLAUSE = /^keyword\.other\.clause\./;
const ASSERTION = /^keyword\.other\.assert\./;
const LOGICAL = /^keyword\.operator\.expression\.logical\./;
const CONDITIONAL = /^keyword\.control\.conditional\./;
const VERB = /^keyword\.control\.rule\./;
const HEADER = /^keyword\.other\.header\./;
const MODE = /^constant\.language\.mode\./;
const BOOLEAN = /^constant\.language\.boolean\./;
const ENFORCE = /^keyword\.other\.enforce\./;

// For each rule of the lexer the scopes that its tokens may have.
const SCOPES = {
  POLICY: HEADER,
  LIBRARY: HEADER,
  IMPORT: /^keyword\.control\.import\./,
  HOST: DECLARATION,
  INTERFACE: DECLARATION,
  SERVICE: DECLARATION,
  GROUP: DECLARATION,
  BOOLEAN: DECLARATION,
  DOMAIN: /^(storage\.type|support\.type\.selinux)\./, // a keyword, and an attribute of refpolicy
  CONNECT: VERB,
  ACCEPT: VERB,
  FORWARD: /^keyword\.(control\.rule|other\.unmatched)\./,
  TO: CLAUSE,
  FROM: CLAUSE,
  AT: CLAUSE,
  VIA: CLAUSE,
  AS: CLAUSE,
  AUDIT: /^(storage\.modifier\.audit|constant\.language\.mode)\./,
  IF: CONDITIONAL,
  ELSE: CONDITIONAL,
  NOT: LOGICAL,
  AND: LOGICAL,
  OR: LOGICAL,
  BOOL_TRUE: BOOLEAN,
  BOOL_FALSE: BOOLEAN,
  LABEL: DECLARATION,
  UNMATCHED: /^keyword\.other\.unmatched\./,
  BASE: MODE,
  INHERIT: MODE,
  DENY: MODE,
  ENFORCE,
  ALWAYS: ENFORCE,
  TEMPLATE: DECLARATION,
  USE: /^keyword\.control\.use\./,
  ASSERT: ASSERTION,
  ONLY: ASSERTION,
  CAN: ASSERTION,
  CANNOT: ASSERTION,
  EXCEPT: /^keyword\.operator\.expression\.except\./,
  ANY: /^constant\.language\.any\./,
  PROTOCOL: /^support\.type\.protocol\./,
  SEMICOLON: /^punctuation\.terminator\./,
  COMMA: /^punctuation\.separator\.comma\./,
  EQUALS: /^keyword\.operator\.assignment\./,
  LEFT_BRACE: /^punctuation\.section\.block\.begin\./,
  RIGHT_BRACE: /^punctuation\.section\.block\.end\./,
  LEFT_PAREN: /^punctuation\.section\.parens\.begin\./,
  RIGHT_PAREN: /^punctuation\.section\.parens\.end\./,
  SLASH: /^punctuation\.separator\.(port|prefix)\./,
  STAR: /^constant\.language\.wildcard\./,
  COLON: /^punctuation\.separator\.code\./,
  ARROW: /^keyword\.operator\.arrow\./,
  MINUS: /^keyword\.operator\.range\./,
  ANNOTATION_SIGN: /^punctuation\.definition\.annotation\./,
  ADDRESS: /^constant\.numeric\.address\./,
  NUMBER: /^constant\.numeric\./,
  BAD_NUMBER: /^invalid\.illegal\.number\./,
  NAME: /^(variable|entity\.name|support\.type\.selinux|support\.constant\.icmp-type)\./,
  STRING: /^string\.quoted\./,
  UNTERMINATED_STRING: /^invalid\.illegal\.unterminated-string\./,
  COMMENT: /^comment\.line\./,
  UNKNOWN: /^invalid\.illegal\.character\./,
};

/** What is wrong with the colours of one line. */
function problems(line, colours) {
  const coloured = colours(line);
  const found = [];
  for (const { rule, start, end } of LEXER.tokens(line)) {
    const parts = coloured.filter((part) => part.start < end && part.end > start);
    const whole = parts[0].start === start && parts.at(-1).end === end;
    const right = parts.every(({ scopes }) => scopes.some((scope) => SCOPES[rule].test(scope)));
    // Signs that begin and end a text or a comment have scopes of their own inside it.
    const one = parts.length === 1 || ["STRING", "COMMENT"].includes(rule);
    if (!whole || !right || !one) {
      const seen = parts.map((part) => `${line.slice(part.start, part.end)} ${part.scopes}`).join(" | ");
      found.push(`${rule} ${JSON.stringify(line.slice(start, end))} is coloured as ${seen}`);
    }
  }
  return found;
}

function filesBelow(folder, ending) {
  return fs
    .readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const name = path.join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(name, ending) : name.endsWith(ending) ? [name] : [];
    })
    .sort();
}

/** Every appnet text of the tree: [[where, text]…]. The fuzzers' corpus has broken ones. */
function texts() {
  const read = (name) => fs.readFileSync(path.join(ROOT, name), "utf8");
  const found = ["examples", "stdlib", "tests/fuzz/corpus"]
    .flatMap((folder) => filesBelow(folder, ".appnet"))
    .map((name) => [name, read(name)]);
  for (const name of ["README.md", ...filesBelow("docs", ".md")]) {
    for (const block of read(name).matchAll(/^```appnet *\n(.*?)^``` *$/gms)) found.push([name, block[1]]);
  }
  return found;
}

test("each rule of the lexer has its colour, and no other does", () => {
  const rules = [...LEXER.rules].filter(([name, rule]) => !rule.fragment && name !== "SPACE").map(([name]) => name);
  assert.deepStrictEqual(Object.keys(SCOPES).sort(), rules.sort());
});

test("each word and sign of the lexer alone", async () => {
  const colours = await loadColours();
  const fixed = LEXER.fixedTexts();
  assert.ok(fixed.length > 50);
  for (const [rule, words] of fixed) {
    for (const word of words) {
      assert.deepStrictEqual(LEXER.tokens(word), [{ rule, start: 0, end: word.length }]);
      // Alone, before and after others, and as a part of a longer name.
      for (const line of [word, ` ${word} `, `;${word};`, `${word} x`, `x ${word}`, `${word}_x`, `${word}-x`, `x.${word}`]) {
        assert.deepStrictEqual(problems(line, colours), [], line);
      }
    }
  }
});

test("no word that the lexer lacks is coloured as a keyword", () => {
  const known = new Set(LEXER.fixedTexts().flatMap(([, words]) => words));
  const grammar = fs.readFileSync(path.join(__dirname, "..", "syntaxes", "appnet.tmLanguage.json"), "utf8");
  const words = [...grammar.matchAll(/"match": "(.*)"/g)]
    .flatMap(([, pattern]) => pattern.match(/(?<![\\A-Za-z_-])[a-z]{2,}[a-z0-9]*(?![A-Za-z0-9_-])/g) ?? []);
  assert.ok(words.length > 50);
  assert.deepStrictEqual(words.filter((word) => !known.has(word)), []);
});

test("every text of the tree", async () => {
  const colours = await loadColours();
  const wrong = [];
  const rules = new Set();
  for (const [where, text] of texts()) {
    text.split("\n").forEach((line, number) => {
      wrong.push(...problems(line, colours).map((problem) => `${where}:${number + 1}: ${problem}`));
      for (const { rule } of LEXER.tokens(line)) rules.add(rule);
    });
  }
  assert.deepStrictEqual(wrong, []);
  assert.deepStrictEqual(Object.keys(SCOPES).filter((rule) => !rules.has(rule)), [], "tokens that no text has");
});

test("random lines", async () => {
  const colours = await loadColours();
  const seed = Number(process.env.APPNET_EDITOR_SEED ?? 1);
  let state = seed;
  const below = (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  const pieces = [...LEXER.fixedTexts().flatMap(([, words]) => words), " ", " ", " ", "\t", "a", "f0", "x_t", "7", "443", "10.0.0.1",
    "fe80::1", "::", "::ffff:10.0.0.1", "dead:beef:", ".", "_", '"', '"eth0"', "#", "é", "\f", "\u007f", "icmp/", "9z", "1.2.", "?"];
  for (let round = 0; round < 4000; round++) {
    const line = Array.from({ length: 1 + below(8) }, () => pieces[below(pieces.length)]).join("");
    assert.deepStrictEqual(problems(line, colours), [], `seed ${seed}: ${JSON.stringify(line)}`);
  }
});
