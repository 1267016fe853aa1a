// A secret that is planted somewhere, and every form in which a text could carry it on. Used by the leak hunt.
import { randomBytes } from "node:crypto";

export interface Canary {
  /** Where it was planted. */
  readonly slot: string;
  readonly value: string;
}

/** Random, so that nothing in the repository is one; with characters that encodings change. */
export const canaryFor = (slot: string, prefix = "cnry+"): Canary => ({
  slot,
  value: `${prefix}${randomBytes(12).toString("hex")}/x`,
});

/** What redaction can take of it: some shapes end at a character that is none of theirs, or begin with a word that stays. */
export const bare = ({ slot, value }: Canary): Canary => ({
  slot,
  value: value.replace(/^Bearer /, "").replace(/\/x$/, ""),
});

/** In base64 a text looks different at each of three places in a group; what is the same whatever stands round it. */
function base64Forms(value: string): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const whole = Buffer.from("\0".repeat(shift) + value)
      .toString("base64")
      .replaceAll("=", "");
    return whole.slice(shift === 0 ? 0 : shift + 1, -2);
  });
}

const known = new Map<string, readonly (readonly [form: string, text: string])[]>();

/** Name of the form → what to look for. */
function formsOf(value: string): readonly (readonly [form: string, text: string])[] {
  const held = known.get(value);
  if (held !== undefined) return held;
  const hex = Buffer.from(value).toString("hex");
  const base64 = base64Forms(value);
  const forms: readonly (readonly [string, string])[] = [
    ["plain", value],
    ["URL-encoded", encodeURIComponent(value)],
    ["reversed", Array.from(value).toReversed().join("")],
    ["hex", hex],
    ["HEX", hex.toUpperCase()],
    ...base64.map((text) => ["base64", text] as const),
    ...base64.map((text) => ["base64url", text.replaceAll("+", "-").replaceAll("/", "_")] as const),
    [
      "base64 twice",
      Buffer.from(base64[0] ?? value)
        .toString("base64")
        .slice(0, -4),
    ],
    ["rot13", rot13(value)],
  ];
  known.set(value, forms);
  return forms;
}

const rot13 = (text: string): string =>
  text.replaceAll(/[A-Za-z]/g, (letter) => {
    const base = letter <= "Z" ? 65 : 97;
    return String.fromCodePoint((((letter.codePointAt(0) ?? 0) - base + 13) % 26) + base);
  });

/** `slot (form)` of every canary that a text carries. */
export const carried = (text: string, canaries: readonly Canary[]): readonly string[] =>
  canaries.flatMap(({ slot, value }) =>
    formsOf(value)
      .filter(([, form]) => text.includes(form))
      .slice(0, 1)
      .map(([form]) => `${slot} (${form})`),
  );
