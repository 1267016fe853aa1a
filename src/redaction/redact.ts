// Secrets in a text → placeholders. Pure; used by execution for results, by the audit and the logs through compose.
// Replaces what it knows by shape, by place or by name; what a secret looks like otherwise, it cannot know.
import { redactAssignments } from "./assignments.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { redactJsonSecrets } from "./json-secrets.ts";
import { redactKeyLines } from "./key-lines.ts";
import { redactKnownCredentials } from "./known-credentials.ts";
import { countPlaceholders, type Notes } from "./placeholder.ts";
import { redactPrefixed } from "./prefixed-text.ts";
import { redactPrivateKeys } from "./private-keys.ts";
import { redactYamlSecrets } from "./yaml-secrets.ts";

export interface Redaction {
  readonly text: string;
  /** Kind → how many were replaced, sorted by kind. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface RedactOptions {
  /** True when text is missing at either end: what may belong to a secret is then taken for one. */
  readonly cut?: boolean;
  /** Lets the placeholders of values in objects show which were equal. */
  readonly fingerprint?: Fingerprint;
}

type Profile = (text: string, notes: Notes, isCut: boolean) => string;

/** What the obligation `redact` may name. */
const profiles: ReadonlyMap<string, Profile> = new Map([
  [
    "kubernetes",
    (text, notes, isCut) => redactYamlSecrets(redactJsonSecrets(text, notes, isCut), notes, isCut),
  ] as const,
  [
    "credentials",
    (text, notes) =>
      redactAssignments(redactKnownCredentials(redactKeyLines(redactPrivateKeys(text, notes), notes), notes), notes),
  ] as const,
]);

/** Applies the profiles, behind the marks of a diff first, then structures; an unknown name applies all. Redacting twice changes nothing. */
export function redact(text: string, names: readonly string[], options: RedactOptions = {}): Redaction {
  const { cut: isCut = false, fingerprint } = options;
  const counts = new Map<string, number>();
  const isUnknown = names.some((name) => !profiles.has(name));
  const redactPlain = (plain: string, isPlainCut: boolean, into = new Map<string, number>()): string => {
    const notes: Notes = { counts: into, ...(fingerprint === undefined ? {} : { fingerprint }) };
    let redacted = plain;
    for (const [name, profile] of profiles) {
      if (isUnknown || names.includes(name)) redacted = profile(redacted, notes, isPlainCut);
    }
    return redacted;
  };
  // A line of two sides is read twice, and counted by what is left of it.
  const unmarked = redactPrefixed(text, isCut, redactPlain);
  if (unmarked !== text) countPlaceholders(text, unmarked, counts);
  const redacted = redactPlain(unmarked, isCut, counts);
  return { text: redacted, counts: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))) };
}
