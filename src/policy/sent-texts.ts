// Every text of a call in which a credential could hide, for the credential patterns. Called by pdp.ts once per call; pure.
import type { Question } from "../domain/ports.ts";

/** Deeper arguments never pass a tool's schema, so nobody loses a text to this bound. */
const maxDepth = 32;

/**
 * Keys and values of the raw arguments, standard input, and the argvs as they were understood: a credential that quotes cut
 * in pieces is whole again there, and words that belong together ("Bearer …") stand together.
 */
export function sentTexts(question: Question): readonly string[] {
  const texts: string[] = [];
  collect(question.call.arguments, texts, 0);
  if (question.kind === "command") {
    for (const { argv } of question.stages) texts.push(...argv, argv.join(" "));
    if (question.stdin !== undefined) texts.push(question.stdin);
  }
  return texts;
}

function collect(value: unknown, texts: string[], depth: number): void {
  if (typeof value === "string") texts.push(value);
  if (typeof value !== "object" || value === null || depth >= maxDepth) return;
  for (const [key, member] of Object.entries(value)) {
    if (!Array.isArray(value)) texts.push(key);
    collect(member, texts, depth + 1);
  }
}
