// Credentials known by their name or shape (patterns.ts) → placeholders, and the question which kinds a text holds. Pure; used
// by redact.ts and credential-kinds.ts. A text is gone through twice in all where it holds no mark of any pattern.
import { isPlaceholder, type Notes, replacement } from "./placeholder.ts";
import { type CredentialPattern, namedPatterns, shapedPatterns } from "./patterns.ts";

/** Marks that stand in every other output; each costs one look of its own. */
const common: ReadonlySet<string> = new Set(["://", "token"]);
/** Patterns whose marks are looked for in one go: measured, more make V8 slower than two goes (bench/redaction.ts). */
const maxMembers = 7;

interface Family {
  readonly anyOf: RegExp;
  readonly members: readonly { readonly mark: RegExp; readonly pattern: CredentialPattern }[];
}

function* familiesOf(patterns: readonly CredentialPattern[], flags = ""): Generator<Family> {
  for (let from = 0; from < patterns.length; from += maxMembers) {
    const some = patterns.slice(from, from + maxMembers);
    yield {
      anyOf: new RegExp(some.map(({ mark }) => mark).join("|"), flags),
      members: some.map((pattern) => ({ mark: new RegExp(pattern.mark, flags), pattern })),
    };
  }
}

const [rare, frequent] = [false, true].map((isCommon) =>
  shapedPatterns.filter(({ mark }) => common.has(mark) === isCommon),
);
const families: readonly Family[] = [
  ...familiesOf(namedPatterns, "i"),
  ...familiesOf(rare ?? []),
  ...(frequent ?? []).flatMap((pattern) => [...familiesOf([pattern])]),
];

/** The patterns whose marks stand in the text, in the order of the list. */
function* candidates(text: string): Generator<CredentialPattern> {
  for (const { anyOf, members } of families) {
    if (!anyOf.test(text)) continue;
    for (const { mark, pattern } of members) if (mark.test(text)) yield pattern;
  }
}

/** False when no pattern can match, in the text or in any part of it. */
export const holdsMark = (text: string): boolean => families.some(({ anyOf }) => anyOf.test(text));

export function redactKnownCredentials(text: string, notes: Notes): string {
  let redacted = text;
  for (const { kind, pattern } of candidates(text)) redacted = replaceAll(redacted, kind, pattern, notes);
  return redacted;
}

/** The kinds that a text holds, some more than once. */
export function* knownKinds(text: string): Generator<string> {
  for (const { kind, pattern } of candidates(text)) if (text.search(pattern) >= 0) yield kind;
}

/** Not by String.replaceAll: its callbacks are slow where groups have names, and most texts have no match. */
function replaceAll(text: string, kind: string, pattern: RegExp, notes: Notes): string {
  const kept: string[] = [];
  let from = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const start = match.index + (match.groups?.["lead"]?.length ?? 0);
    const end = match.index + match[0].length;
    if (isPlaceholder(text.slice(start, end))) continue;
    kept.push(text.slice(from, start), replacement(notes, kind));
    from = end;
  }
  return kept.length === 0 ? text : kept.join("") + text.slice(from);
}
