// What no compiler of Rego knows and every policy of ours keeps to: few patterns, none of them from outside, no builtin that is
// slow or looks at a clock, words and counter-examples for each rule, a table for each package. Called by `ai-sre policy lint`
// and by the tests of the policy.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Annotations } from "./annotations.ts";
import type { PolicyFolder } from "./policy-folder.ts";
import type { Problem } from "./problem.ts";
import { placeOfRule } from "./test-policy.ts";

/** A hundred hang the runtime of the WASM. */
export const maxPatterns = 40;

const banned = /\b(?:sprintf|regex\.split|time\.\w+|http\.\w+|opa\.runtime|rand\.\w+)/;
/** First arguments of the builtins of patterns. */
const patternCalls = /\b(?:regex\.\w+|glob\.match)\(\s*(`[^`]*`|"(?:[^"\\]|\\.)*"|[^,)]*)/g;

interface Source {
  readonly file: string;
  readonly lines: readonly string[];
}

/** All of it; without annotations only what the text of the sources tells. */
export function houseProblems(folder: PolicyFolder, annotations?: Annotations): readonly Problem[] {
  const sources = regoSources(folder);
  return [
    ...patternProblems(sources),
    ...sources.flatMap(({ file, lines }) =>
      lines.flatMap((text, at) => {
        const [name] = banned.exec(text) ?? [];
        return name === undefined
          ? []
          : [{ file, line: at + 1, message: `${name} may not be used: it is slow, or no function of the input` }];
      }),
    ),
    ...strayProblems(folder),
    ...(annotations === undefined ? [] : wordProblems(folder, annotations)),
  ];
}

/** Rego that is compiled, without comments; what tests do is their own affair. */
function regoSources({ policies }: PolicyFolder): readonly Source[] {
  return readdirSync(path.join(policies, "aisre"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".rego") && !name.endsWith("_test.rego"))
    .map((name) => path.join("aisre", name))
    .map((file) => ({
      file,
      lines: readFileSync(path.join(policies, file), "utf8")
        .split("\n")
        .map((line) => line.replace(/^\s*#.*$/, "")),
    }));
}

export function patternProblems(sources: readonly Source[]): readonly Problem[] {
  const literals = new Set<string>();
  const problems: Problem[] = [];
  for (const { file, lines } of sources) {
    for (const [at, text] of lines.entries()) {
      for (const [, pattern = ""] of text.matchAll(patternCalls)) {
        if (!/^["`]/.test(pattern)) {
          problems.push({
            file,
            line: at + 1,
            message: `the pattern ${pattern} is made of input or data: write it out`,
          });
        } else if (!literals.has(pattern)) {
          literals.add(pattern);
          if (literals.size === maxPatterns + 1) {
            const message = `more than ${maxPatterns} distinct patterns in the whole policy: a hundred hang the runtime`;
            problems.push({ file, line: at + 1, message });
          }
        }
      }
    }
  }
  return problems;
}

/** Only aisre/ and site/ are compiled: a rule elsewhere would seem to hold. */
function strayProblems({ policies }: PolicyFolder): readonly Problem[] {
  return readdirSync(policies, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".rego") && !/^(?:aisre|site|\.regal)\//.test(name))
    .map((file) => ({ file, message: "is not compiled: only aisre/ and site/ are" }));
}

function wordProblems(folder: PolicyFolder, { rules }: Annotations): readonly Problem[] {
  const tables = path.join(folder.policies, "cases");
  const names = existsSync(tables) ? readdirSync(tables).map((name) => name.replace(/(?:-.*)?\.json$/, "")) : [];
  return rules.flatMap(({ id, file, title, description, examples }) => {
    const said: string[] = [];
    if (title.trim() === "" || !description.trim().includes(" "))
      said.push(`${id} has no title or description in words`);
    if (examples.not_match.length === 0) said.push(`${id} has no example about which it is silent`);
    const [toolset = ""] = id.split("/");
    if (!names.includes(toolset)) said.push(`there is no table cases/${toolset}.json`);
    return said.map((message) => ({ ...placeOfRule(folder, file, id), message }));
  });
}
