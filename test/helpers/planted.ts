// Credentials of every server that a test starts through server.ts, and of the forge that it talks to: canaries, random for each
// test file. Whatever such a server says, writes, starts and leaves is looked through for them, over the whole test run.
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { bare, type Canary, canaryFor, carried } from "./canary.ts";

export const planted = {
  key: canaryFor("MCP_API_KEY"),
  forge: canaryFor("GITHUB_TOKEN"),
  reader: canaryFor("a GITHUB_TOKEN that may only read"),
} as const;

/** @throws Error that names the place, the slot and the form */
export function expectNoCanary(where: string, text: string, more: readonly Canary[] = []): void {
  const found = carried(text, [...Object.values(planted), ...more].map(bare));
  if (found.length > 0) throw new Error(`a credential leaked into ${where}: ${found.join(", ")}`);
}

/** Programs are larger, and what a server writes is not. */
const maxFileBytes = 8 * 1024 * 1024;

/** Every file with its text, git's packed objects too, as they are; what vanishes meanwhile is none. */
export function filesBelow(folder: string): readonly (readonly [file: string, text: string])[] {
  return whileThere(() => readdirSync(folder, { withFileTypes: true })).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(place);
    if (!entry.isFile()) return [];
    return whileThere(() =>
      statSync(place).size > maxFileBytes ? [] : [[place, readFileSync(place, "latin1")] as const],
    );
  });
}

function whileThere<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch {
    return [];
  }
}
