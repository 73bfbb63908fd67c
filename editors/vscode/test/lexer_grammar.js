// Reads grammar/AppnetLexer.g4 and splits a text as that lexer does: longest match, the first rule among equals. Knows the
// parts of ANTLR's language that the file uses, and refuses any other.
"use strict";

const RULE = /^(fragment\s+)?([A-Z_]+)\s*:([^;']*(?:'(?:\\.|[^'\\])*'[^;']*)*);$/gm;
const PIECE = /\s*(?:'((?:\\.|[^'\\])*)'|\[((?:\\.|[^\]\\])*)\]|([A-Z_]+)|([()|*+?~.]))/y;
const ESCAPES = { n: "\n", r: "\r", t: "\t" };

function unescape(text) {
  return text.replace(/\\u([0-9A-Fa-f]{4})|\\(.)/gs, (_, code, char) =>
    code ? String.fromCharCode(parseInt(code, 16)) : ESCAPES[char] ?? char);
}

function charSet(text) {
  const chars = [...unescape(text)];
  const ranges = [];
  for (let i = 0; i < chars.length; i++) {
    const range = chars[i + 1] === "-" && i + 2 < chars.length;
    ranges.push([chars[i], chars[range ? i + 2 : i]]);
    if (range) i += 2;
  }
  return (char) => ranges.some(([low, high]) => char >= low && char <= high);
}

/** The alternatives of a rule's body as a tree: {kind, …}. */
function parseBody(name, body) {
  const pieces = [];
  PIECE.lastIndex = 0;
  while (body.slice(PIECE.lastIndex).trim() !== "") {
    const at = PIECE.lastIndex;
    const piece = PIECE.exec(body);
    if (!piece) throw new Error(`${name}: can't read ${body.slice(at)}`);
    pieces.push(piece);
  }
  let next = 0;
  const sign = () => (next < pieces.length ? pieces[next][4] : undefined);

  function alternatives() {
    const options = [sequence()];
    while (sign() === "|") {
      next++;
      options.push(sequence());
    }
    return { kind: "or", options };
  }
  function sequence() {
    const parts = [];
    while (next < pieces.length && sign() !== "|" && sign() !== ")") parts.push(repeated());
    return { kind: "then", parts };
  }
  function repeated() {
    let part = one();
    while (["*", "+", "?"].includes(sign())) part = { kind: pieces[next++][4], part };
    return part;
  }
  function one() {
    const [, literal, set, rule, mark] = pieces[next++];
    if (literal !== undefined) return { kind: "text", text: unescape(literal) };
    if (set !== undefined) return { kind: "char", has: charSet(set) };
    if (rule !== undefined) return { kind: "rule", rule };
    if (mark === ".") return { kind: "char", has: () => true };
    if (mark === "~") {
      const inner = one();
      if (inner.kind !== "char") throw new Error(`${name}: ~ before something that is no set`);
      return { kind: "char", has: (char) => !inner.has(char) };
    }
    if (mark !== "(") throw new Error(`${name}: ${mark} is out of place`);
    const inner = alternatives();
    if (pieces[next++]?.[4] !== ")") throw new Error(`${name}: no )`);
    return inner;
  }

  const tree = alternatives();
  if (next !== pieces.length) throw new Error(`${name}: something is left over`);
  return tree;
}

class LexerGrammar {
  constructor(text) {
    this.rules = new Map();
    const bare = text.replace(/^\s*\/\/.*$/gm, "").replace(/^lexer grammar \w+;$/m, "");
    const left = bare.replace(RULE, (_, fragment, name, body) => {
      const pattern = body.replace(/->\s*(skip|channel\(\w+\))\s*$/, "");
      this.rules.set(name, { fragment: Boolean(fragment), body: parseBody(name, pattern) });
      return "";
    });
    if (left.trim() !== "") throw new Error(`AppnetLexer.g4: can't read ${left.trim().slice(0, 80)}`);
  }

  /** Rules that are a choice of fixed texts: [name, [text…]], the words and signs of the language. */
  fixedTexts() {
    const found = [];
    for (const [name, rule] of this.rules) {
      const options = rule.body.options.map(({ parts }) => (parts.length === 1 ? parts[0].text : undefined));
      if (!rule.fragment && !options.includes(undefined)) found.push([name, options]);
    }
    return found;
  }

  /** Where a match of `tree` that starts at one of `starts` may end. */
  ends(tree, text, starts) {
    const found = new Set();
    switch (tree.kind) {
      case "text":
        for (const at of starts) if (text.startsWith(tree.text, at)) found.add(at + tree.text.length);
        return found;
      case "char":
        for (const at of starts) if (at < text.length && tree.has(text[at])) found.add(at + 1);
        return found;
      case "rule":
        return this.ends(this.rules.get(tree.rule).body, text, starts);
      case "or":
        for (const option of tree.options) for (const end of this.ends(option, text, starts)) found.add(end);
        return found;
      case "then":
        return tree.parts.reduce((at, part) => (at.size ? this.ends(part, text, at) : at), starts);
      case "?":
        return new Set([...starts, ...this.ends(tree.part, text, starts)]);
    }
    // * and +: round after round, until nothing new is reached.
    let edge = tree.kind === "+" ? this.ends(tree.part, text, starts) : starts;
    while (edge.size) {
      for (const at of edge) found.add(at);
      edge = new Set([...this.ends(tree.part, text, edge)].filter((at) => !found.has(at)));
    }
    return found;
  }

  /** The tokens of one line, comments included: [{rule, start, end}]. The lexer reads bytes that are not ASCII as \u007F. */
  tokens(line) {
    const text = line.replace(/[^\0-\x7f]/g, "\u007f");
    const found = [];
    for (let start = 0; start < text.length; ) {
      let end = start;
      let name;
      for (const [candidate, rule] of this.rules) {
        if (rule.fragment) continue;
        const longest = Math.max(start, ...this.ends(rule.body, text, new Set([start])));
        if (longest > end) [end, name] = [longest, candidate];
      }
      if (!name) throw new Error(`no rule for ${text.slice(start)}`);
      if (name !== "SPACE") found.push({ rule: name, start, end });
      start = end;
    }
    return found;
  }
}

module.exports = { LexerGrammar };
