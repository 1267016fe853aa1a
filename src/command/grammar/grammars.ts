// Every grammar by the name of its binary. To add a binary: write its grammar, list it here.
import { gh } from "./gh.ts";
import { git } from "./git.ts";
import { grep } from "./grep.ts";
import { jq } from "./jq.ts";
import { kubectl } from "./kubectl.ts";
import { cut, head, sort, tail, tr, uniq, wc } from "./text-tools.ts";
import type { Grammar } from "./types.ts";

export const grammars: ReadonlyMap<string, Grammar> = new Map(
  [kubectl, git, gh, jq, grep, head, tail, sort, uniq, wc, cut, tr].map((grammar) => [grammar.spec.name, grammar]),
);
