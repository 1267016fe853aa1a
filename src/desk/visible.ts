// Recorded calls are a stranger's words, and a reviewer's terminal acts on some characters: every text that is shown goes through
// here first. Used by the texts of the desk; JSON stays as it is.
import { visible } from "../command/refusal.ts";

/** The same value with every text in it made harmless to a terminal. */
export const madeVisible = <Value>(value: Value): Value =>
  JSON.parse(JSON.stringify(value), (_key, part: unknown) => (typeof part === "string" ? visible(part) : part));
