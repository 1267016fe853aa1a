// Lines that a program printed behind marks of its own: hunks of a diff, with a graph before them or of a merge, and blame.
// Finds the blocks and what each line says without its marks. Pure and linear; used by prefixed-text.ts. Replaces nothing.

export interface PrefixedLine {
  /** Which line of the text it is. */
  readonly index: number;
  /** Graph and columns of a diff, or the header of blame; stays. */
  readonly prefix: string;
  /** One character for each parent: `+`, `-` or space; empty where every line belongs to one text. */
  readonly marks: string;
  readonly content: string;
}

export interface PrefixedBlock {
  readonly lines: PrefixedLine[];
  readonly columns: number;
  /** Nothing says what its first lines belong to. */
  readonly isCut: boolean;
}

/** Behind a graph or not; a merge has one more at sign, and column, for each parent. */
const hunkHeader = /^([|\\/*_ .-]{0,200})(@{2,17}) -\d[^@\n]{0,400}@{2,17} ?/;
const blameDate = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d [-+]\\d{4}[ \\t]+\\d+\\)";
/** With any other form of the date, or none, the line's number ends the header. */
const blameHeader = new RegExp(`^\\^?[0-9a-f]{4,64}[ \\t](?:.{0,400}?${blameDate}|.{0,400}?\\d+\\)) ?`);
const porcelainBlame = /^[0-9a-f]{40,64} \d+ \d+(?: \d+)?$/m;
const changed = /^[-+]/;

/** One look that spares most texts the walk. */
const mayHavePrefixes = (text: string): boolean =>
  text.includes("@@ -") || /^\^?[0-9a-f]{4,64}[ \t][^\n]{0,400}\d\)/m.test(text) || porcelainBlame.test(text);

/** The blocks in the order of the text; a text that was cut may begin inside one. */
export function findPrefixed(text: string, isCut: boolean): readonly PrefixedBlock[] {
  if (!isCut && !mayHavePrefixes(text)) return [];
  const isPorcelain = porcelainBlame.test(text);
  const blocks: PrefixedBlock[] = [];
  let graph = 0;
  let hunk: PrefixedBlock | undefined = isCut ? { lines: [], columns: 1, isCut } : undefined;
  if (hunk !== undefined) blocks.push(hunk);
  let blame: PrefixedBlock | undefined;

  for (const [index, line] of text.split("\n").entries()) {
    const body = hunk === undefined ? undefined : readBody(line, graph, hunk.columns);
    if (body !== undefined) {
      hunk?.lines.push({ index, ...body });
      continue;
    }
    const header = hunkHeader.exec(line);
    if (header !== null) {
      const [shown, { length }, { length: atSigns }] = [header[0], header[1] ?? "", header[2] ?? ""];
      const [columns, before] = [atSigns - 1, line.slice(shown.length)];
      // Of a merge, git shows that line without its last character, if at all: the hunk may stand anywhere.
      const isAnywhere = columns > 1 && /^(?:(?:stringD|d)ata)?$/.test(before);
      graph = length;
      hunk = { lines: [], columns, isCut: isAnywhere };
      // The line before the hunk that git shows behind its header: it may be the key of what follows.
      const [prefix, content] = isAnywhere ? [line, ""] : [shown, before];
      hunk.lines.push({ index, prefix, marks: " ".repeat(columns), content });
      blocks.push(hunk);
      continue;
    }
    // Between a hunk's lines, and no line of the file.
    if (hunk !== undefined && line.charAt(graph) === "\\") continue;
    hunk = undefined;
    const prefix = isPorcelain ? /^\t/.exec(line)?.[0] : blameHeader.exec(line)?.[0];
    if (prefix === undefined) {
      if (!isPorcelain) blame = undefined;
      continue;
    }
    if (blame === undefined) blocks.push((blame = { lines: [], columns: 0, isCut }));
    blame.lines.push({ index, prefix, marks: "", content: line.slice(prefix.length) });
  }
  return blocks.filter(({ isCut: isOpen, columns, lines }) =>
    isOpen && columns === 1 ? lines.some(({ marks }) => changed.test(marks)) : lines.length > 0,
  );
}

/** A line inside a hunk; undefined when the hunk is over. */
function readBody(line: string, graph: number, columns: number): Omit<PrefixedLine, "index"> | undefined {
  const width = graph + columns;
  const marks = line.slice(graph, width).padEnd(columns);
  if (line.length <= width && line.slice(graph).trim() === "") return { prefix: line, marks, content: "" };
  return /^[-+ ]+$/.test(marks) ? { prefix: line.slice(0, width), marks, content: line.slice(width) } : undefined;
}
