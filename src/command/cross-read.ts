// The second reader. shell-quote reads the same line; where the two disagree, nobody knows what the caller meant, and the
// line is refused (CVE-2021-42740, CVE-2026-9277 and the differentials of docs/attacks.md are of this kind).
import { parse } from "shell-quote";
import { accept, refuse, type Result, type Token } from "./refusal.ts";

/** Accepts the tokens when shell-quote reads exactly the same ones. */
export function crossRead(line: string, stages: readonly (readonly Token[])[]): Result<readonly (readonly Token[])[]> {
  // Borders between stages are undefined, as `|` objects are on their side.
  const ours: readonly (Token | undefined)[] = stages.flatMap((stage, index): (Token | undefined)[] =>
    index === 0 ? [...stage] : [undefined, ...stage],
  );
  const theirs = parse(line, () => "");
  for (let at = 0; at < Math.max(ours.length, theirs.length); at += 1) {
    if (!agrees(ours[at], theirs[at])) {
      return refuse(
        "Two readers of this command line disagree about its words.",
        ours[at],
        "quote the word with single quotes, or give argv instead of command",
      );
    }
  }
  return accept(stages);
}

/** A glob counts as its text, `|` as a border; every other object is something a shell would act on. */
function agrees(ours: Token | undefined, theirs: ReturnType<typeof parse>[number] | undefined): boolean {
  if (theirs === undefined) return false;
  if (typeof theirs === "string") return ours?.text === theirs;
  if (!("op" in theirs)) return false;
  if (theirs.op === "glob") return "pattern" in theirs && ours?.text === theirs.pattern;
  return theirs.op === "|" && ours === undefined;
}
