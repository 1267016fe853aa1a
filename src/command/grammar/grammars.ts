// Every grammar by the name of its binary. To add a binary: write its grammar, list it here.
import { curl } from "./curl.ts";
import { base64, date } from "./date-and-base64.ts";
import { flux } from "./flux.ts";
import { gawk } from "./gawk.ts";
import { gh } from "./gh.ts";
import { git } from "./git.ts";
import { grep } from "./grep.ts";
import { helm } from "./helm.ts";
import { jq } from "./jq.ts";
import { kubectl } from "./kubectl.ts";
import { cat, column, nl, paste, rev, tac } from "./line-tools.ts";
import { sed } from "./sed.ts";
import { cut, head, sort, tail, tr, uniq, wc } from "./text-tools.ts";
import type { Grammar } from "./types.ts";
import { yq } from "./yq.ts";

const all: readonly Grammar[] = [
  kubectl,
  helm,
  flux,
  git,
  gh,
  jq,
  yq,
  sed,
  gawk,
  grep,
  head,
  tail,
  sort,
  uniq,
  wc,
  cut,
  tr,
  nl,
  tac,
  rev,
  column,
  paste,
  date,
  base64,
  cat,
  curl,
];

export const grammars: ReadonlyMap<string, Grammar> = new Map(all.map((grammar) => [grammar.spec.name, grammar]));

/** Names that stand for another binary: what runs as awk elsewhere runs as gawk here, in its sandbox. */
const otherNames: ReadonlyMap<string, string> = new Map([["awk", "gawk"]]);

/** The grammar of a binary, by its own name or another that it is known by. */
export const grammarOf = (name: string): Grammar | undefined => grammars.get(otherNames.get(name) ?? name);
