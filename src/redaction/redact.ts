// Secrets in a text → placeholders. Pure; used by execution for results, by the audit and the logs through compose.
// Replaces what it knows by shape, by place or by name; what a secret looks like otherwise, it cannot know.
import { redactAssignments } from "./assignments.ts";
import { redactJsonSecrets } from "./json-secrets.ts";
import { credentialPatterns } from "./patterns.ts";
import { count, type Counts, isPlaceholder, placeholder } from "./placeholder.ts";
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
}

type Profile = (text: string, counts: Counts, isCut: boolean) => string;

/** What the obligation `redact` may name. */
const profiles: ReadonlyMap<string, Profile> = new Map([
  [
    "kubernetes",
    (text, counts, isCut) => redactYamlSecrets(redactJsonSecrets(text, counts, isCut), counts, isCut),
  ] as const,
  ["credentials", redactCredentials] as const,
]);

/** Applies the profiles, structures first; an unknown name applies all of them. Redacting twice changes nothing. */
export function redact(text: string, names: readonly string[], { cut: isCut = false }: RedactOptions = {}): Redaction {
  const counts: Counts = new Map();
  const isUnknown = names.some((name) => !profiles.has(name));
  let redacted = text;
  for (const [name, profile] of profiles) {
    if (isUnknown || names.includes(name)) redacted = profile(redacted, counts, isCut);
  }
  return { text: redacted, counts: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function redactCredentials(text: string, counts: Counts): string {
  let redacted = redactPrivateKeys(text, counts);
  const lower = redacted.toLowerCase();
  for (const { kind, needles, pattern } of credentialPatterns) {
    if (!needles.some((needle) => lower.includes(needle))) continue;
    redacted = redacted.replaceAll(pattern, (whole: string, ...parts) => {
      const groups: unknown = parts.at(-1);
      const lead = isLead(groups) ? groups.lead : "";
      if (isPlaceholder(whole.slice(lead.length))) return whole;
      count(counts, kind);
      return lead + placeholder(kind);
    });
  }
  return redactAssignments(redacted, counts);
}

/** The named groups are the last argument, where a pattern has some. */
const isLead = (groups: unknown): groups is { readonly lead: string } =>
  typeof groups === "object" && groups !== null && "lead" in groups && typeof groups.lead === "string";
