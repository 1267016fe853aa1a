// Which kinds of credentials a caller has sent: policy denies a call that holds one. Pure; handed to policy by compose.
// Known shapes only: a program that speaks about passwords is no password.
import { holdsMark, knownKinds } from "./known-credentials.ts";

const privateKey = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/;

/** Kinds found in any of the texts, sorted, each once. */
export function credentialKinds(texts: readonly string[]): readonly string[] {
  const kinds = new Set<string>();
  // Nearly every call holds none: one look at all of it says so.
  const all = texts.join("\n");
  if (!holdsMark(all) && !privateKey.test(all)) return [];
  for (const text of texts) {
    for (const kind of knownKinds(text)) kinds.add(kind);
    if (privateKey.test(text)) kinds.add("private_key");
  }
  return [...kinds].sort();
}
