// Reads our own Markdown for the tests in this folder: tables, links, anchors, fenced code. No general parser.
import { readFileSync } from "node:fs";
import path from "node:path";

/** The folder that package.json stands in. */
export const root = path.resolve(import.meta.dirname, "../..");

/** The text of a page, by its path from the root. */
export const readPage = (page: string): string => readFileSync(path.join(root, page), "utf8");

/** The rows of the one table whose header has exactly these cells. Throws when there is none, or more than one. */
export function tableOf(page: string, header: readonly string[]): readonly (readonly string[])[] {
  const [rows, ...others] = tablesOf(page, header);
  if (rows === undefined || others.length > 0) {
    throw new Error(
      `${page}: ${rows === undefined ? 0 : others.length + 1} tables have the header ${header.join(" | ")}`,
    );
  }
  return rows;
}

/** The rows of every table with that header, in order. */
export function tablesOf(page: string, header: readonly string[]): readonly (readonly (readonly string[])[])[] {
  const lines = readPage(page).split("\n");
  return lines.flatMap((line, at) => {
    if (!sameCells(cellsOf(line), header)) return [];
    const body = lines.slice(at + 2);
    const end = body.findIndex((row) => !row.startsWith("|"));
    return [body.slice(0, end === -1 ? body.length : end).map(cellsOf)];
  });
}

/** Cells of a table row; `\|` inside a cell is a bar. [] for any other line. */
function cellsOf(line: string): readonly string[] {
  if (!/^\|.*\|$/.test(line)) return [];
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.replaceAll("\\|", "|").trim());
}

const sameCells = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((cell, index) => cell === right[index]);

/** The code spans of a cell: `a` `b` → ["a", "b"]. */
export const codeSpans = (cell: string): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "");

export interface Fence {
  readonly language: string;
  readonly text: string;
}

/** Fenced code blocks, in order. */
export const fencesOf = (page: string): readonly Fence[] =>
  [...readPage(page).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));

/** The page without its code, so that nothing in an example counts as prose. */
export const proseOf = (page: string): string =>
  readPage(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, "")
    .replaceAll(/`[^`\n]*`/g, "");

/** Targets of the page's links, in order. */
export const linksOf = (page: string): readonly string[] =>
  [...proseOf(page).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target]) => target ?? "");

/** The fragment names that GitHub gives to the page's headings. */
export const anchorsOf = (page: string): ReadonlySet<string> =>
  new Set(
    [
      ...readPage(page)
        .replaceAll(/^```[\s\S]*?^```$/gm, "")
        .matchAll(/^#{1,6} (.+)$/gm),
    ].map(([, heading]) =>
      (heading ?? "")
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(" ", "-"),
    ),
  );
