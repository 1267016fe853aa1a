// Secrets behind the marks of a diff or of blame → placeholders. Each side of a change is read as the file that it was: without
// marks, and without the lines of the other side. Pure; used by redact.ts before the text as a whole is redacted, which
// would take the beginning of a value away and leave the lines behind other marks.
import { findPrefixed, type PrefixedBlock } from "./line-prefixes.ts";

type RedactPlain = (text: string, isCut: boolean) => string;

/** What becomes of a line: its new content; undefined when it was part of a value over many lines. */
type Contents = (string | undefined)[];

const firstData = /^([ \t]*)((?:stringD|d)ata):[ \t]*$/m;
/** The value of an entry, in YAML and in JSON; the line before it says its name. */
const entryValue = /^[ \t]*(?:value: \S|"value": ")/;
/** What a diff of words puts round what went and what came. */
const wordMarks = /\[-|-\]|\{\+|\+\}/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Replaces what `redactPlain` finds in the lines without their prefixes, and puts the prefixes back. */
export function redactPrefixed(text: string, isCut: boolean, redactPlain: RedactPlain): string {
  const blocks = findPrefixed(text, isCut);
  // Most hunks hold nothing: the lines are put together again for those only that do.
  let lines: Contents | undefined;
  for (const block of blocks) {
    const contents: Contents = block.lines.map(({ content }) => content);
    const found = sidesOf(block).filter((side) => redactSide(block, side, contents, redactPlain));
    if (found.length === 0) continue;
    lines ??= text.split("\n");
    for (const [at, { index, prefix }] of block.lines.entries()) {
      const content = contents[at];
      lines[index] = content === undefined ? undefined : prefix + content;
    }
  }
  return lines === undefined ? text : lines.filter((line) => line !== undefined).join("\n");
}

/** The places of the lines that each of the files had: the one after the change, and every one before it. */
function sidesOf({ lines, columns }: PrefixedBlock): readonly (readonly number[])[] {
  const pick = (isIn: (marks: string) => boolean): readonly number[] =>
    lines.flatMap(({ marks }, at) => (isIn(marks) ? [at] : []));
  const after = pick((marks) => !marks.includes("-"));
  const before = Array.from({ length: columns }, (_, column) =>
    pick((marks) => marks.charAt(column) === "-" || (marks.charAt(column) === " " && !marks.includes("-"))),
  );
  return [after, ...before];
}

/**
 * Says whether it found something. Each side is read as it was printed: what another side has lost already would hide where a
 * value began.
 */
function redactSide(
  block: PrefixedBlock,
  side: readonly number[],
  contents: Contents,
  redactPlain: RedactPlain,
): boolean {
  const contentAt = (at: number | undefined): string => (at === undefined ? "" : (block.lines[at]?.content ?? ""));
  const places = block.columns > 0 && entryValue.test(contentAt(side[1])) ? side.slice(1) : side;
  const before = places.map(contentAt);
  const plain = before.join("\n");
  const unsaid = unsaidLine(plain);
  const redacted = redactPlain(unsaid + plain, block.isCut).slice(unsaid.length);
  if (redacted === plain) return false;
  for (const [at, content] of align(before, redacted.split("\n")).entries()) {
    const place = places[at];
    if (place === undefined || content === before[at]) continue;
    contents[place] = contents[place] === before[at] ? content : stricter(contents[place], content);
  }
  return true;
}

/** What is left of a line that two sides redact: no more than both leave. */
function stricter(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  let same = 0;
  while (same < one.length && one.charAt(same) === other.charAt(same)) same += 1;
  const kept = one.slice(0, same).replace(/\[[^[\]]*$/, "");
  return `${kept}[redacted:password]`;
}

/**
 * Which line has become which. Every line that is kept is one of `after`, so a wrong guess shows a wrong mark and no secret:
 * what stood only in `before` is gone.
 */
function align(before: readonly string[], after: readonly string[]): Contents {
  if (before.length === after.length) return [...after];
  const aligned: Contents = before.map(() => undefined);
  let at = 0;
  for (const line of after) {
    if (!line.includes("[redacted:")) while (at < before.length && before[at] !== line) at += 1;
    if (at >= before.length) break;
    aligned[at] = line;
    at += 1;
  }
  return aligned;
}

/**
 * The line that a hunk does not show and that says what its first lines are: the name before an entry's value; the kind of
 * an object. `stringData` is a Secret's, and so is `data` of which every value is base64.
 */
function unsaidLine(plain: string): string {
  const entry = entryValue.exec(plain)?.[0];
  if (entry !== undefined) return entry.endsWith('"') ? '"name": "PASSWORD",\n' : "- name: PASSWORD\n";
  const [object = ""] = plain.split(/^---(?:\s|$)/m, 1);
  const data = firstData.exec(object);
  // Some lines of blame: nothing but base64, and not in small letters alone.
  if (data === null)
    return /^[ \t]/.test(object) && /[A-Z=]/.test(object) && isBase64(object, "") ? "kind: Secret\ndata:\n" : "";
  const [whole, indent = "", key] = data;
  if (object.split("\n").some((line) => line.startsWith(`${indent}kind:`))) return "";
  const isSecret = key === "stringData" || isBase64(object.slice(data.index + whole.length), indent);
  return isSecret ? `${indent}kind: Secret\n` : "";
}

/** True when all that stands deeper than `indent` is base64, and something does. */
function isBase64(text: string, indent: string): boolean {
  let seen = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    if (!/^[ \t]/.test(line.slice(indent.length))) break;
    const value = line
      .replace(/^\s*[^\s:]{1,260}:(?:\s|$)/, "")
      .replace(/(?:^|\s)#.*$/, "")
      .trim()
      .replaceAll(/^["']|["']$/g, "");
    if (value === "" || /^[|>][-+0-9]{0,2}$/.test(value) || value.startsWith("[redacted:")) continue;
    if (!value.split(wordMarks).every((piece) => base64.test(piece))) return false;
    seen += 1;
  }
  return seen > 0;
}
