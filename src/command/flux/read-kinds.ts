// The first operands of flux → the kinds they name, in the one spelling that every verb takes.
import type { FluxVerb } from "../grammar/types.ts";
import { nearest } from "../nearest.ts";
import { accept, refuse, type Result, shorten, type Token } from "../refusal.ts";
import { families, type FluxKind, fluxKinds } from "./kinds.ts";

export interface ReadKinds {
  /** As rendered: `kustomization`, `source git`, `source all`, `all`. */
  readonly words: string;
  readonly kinds: readonly FluxKind[];
  /** What follows them. */
  readonly rest: readonly Token[];
}

/** `place` is where missing words are reported. */
export function readFluxKinds(tokens: readonly Token[], verb: FluxVerb, place: Token): Result<ReadKinds> {
  const known = fluxKinds.filter(({ verbs }) => verbs.includes(verb));
  const [first, second] = tokens;
  if (first === undefined) return refuse("Say which kind of object.", place, `flux ${verb} ${known[0]?.words ?? ""}`);
  if (verb === "get" && first.text === "all") return accept({ words: "all", kinds: known, rest: tokens.slice(1) });
  const family = familyOf(first.text, verb);
  if (family === undefined) {
    const kind = known.find((one) => spellings(one, verb).includes(first.text));
    return kind === undefined
      ? unknownKind(first, verb, known)
      : accept({ words: kind.words, kinds: [kind], rest: tokens.slice(1) });
  }
  const members = known.filter(({ words }) => words.startsWith(`${family} `));
  if (verb === "get" && second?.text === "all")
    return accept({ words: `${family} all`, kinds: members, rest: tokens.slice(2) });
  const kind = members.find(({ words }) => words === `${family} ${second?.text ?? ""}`);
  if (kind !== undefined) return accept({ words: kind.words, kinds: [kind], rest: tokens.slice(2) });
  const listed = members.map(({ words }) => words).join(", ");
  return refuse(
    `\`${first.text}\` needs one of: ${listed}.`,
    second ?? first,
    `flux ${verb} ${members[0]?.words ?? ""}`,
  );
}

/** Only get takes the plurals. */
const familyOf = (text: string, verb: FluxVerb): string | undefined =>
  verb === "get" || families.get(text) === text ? families.get(text) : undefined;

const spellings = ({ words, getAliases, aliases }: FluxKind, verb: FluxVerb): readonly string[] => [
  words,
  ...(verb === "get" ? getAliases : aliases),
];

function unknownKind(token: Token, verb: FluxVerb, known: readonly FluxKind[]): Result<ReadKinds> {
  const words = known.map((kind) => kind.words);
  const near = nearest(token.text, [...words, ...known.flatMap((kind) => spellings(kind, verb))]);
  const message = `\`${shorten(token.text)}\` is no kind that \`flux ${verb}\` takes here; it takes ${words.join(", ")}.`;
  return refuse(message, token, near ?? words[0]);
}
