import { h } from "./dom.js";

/** Light tinting of Python source. What the pattern does not know stays plain text, so it can be incomplete but not wrong. */
const KEYWORDS =
  "False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield";
const TOKEN = new RegExp(
  [
    "(?<comment>#[^\\n]*)",
    "(?<string>[rbfRBF]{0,2}(?:\"\"\"[\\s\\S]*?\"\"\"|'''[\\s\\S]*?'''|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*'))",
    "(?<decorator>(?<=^|\\n)[ \\t]*@[\\w.]+)",
    `(?<keyword>\\b(?:${KEYWORDS})\\b)`,
  ].join("|"),
  "g",
);

/** @param {string} source @returns {(Node | string)[]} */
export function tint(source) {
  const parts = [];
  let at = 0;
  for (const match of source.matchAll(TOKEN)) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? ["plain"];
    parts.push(source.slice(at, match.index), h("span", { class: `py-${kind}` }, match[0]));
    at = match.index + match[0].length;
  }
  return [...parts, source.slice(at)];
}
