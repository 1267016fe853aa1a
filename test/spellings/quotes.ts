// The same words as a command line: every way to quote that a shell knows and that keeps the words, and blanks between them.
import { line, stagesOf, type Call, type Words } from "./call.ts";
import type { Transformation } from "./transformation.ts";

const single = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
const double = (text: string): string => `"${text.replaceAll(/["\\$`]/g, String.raw`\$&`)}"`;
const escaped = (text: string): string => Array.from(text, (char) => `\\${char}`).join("");
const half = (text: string): readonly [string, string] => [text.slice(0, text.length / 2), text.slice(text.length / 2)];

/** Word by word. */
const styles: Readonly<Record<string, (word: string) => string>> = {
  single,
  double,
  backslashes: (word) => (word === "" || /[\n\r]/.test(word) ? single(word) : escaped(word)),
  "the end single": (word) =>
    half(word)
      .map((part, at) => (at === 0 ? escaped(part) : single(part)))
      .join(""),
  "the start double": (word) =>
    half(word)
      .map((part, at) => (at === 0 ? double(part) : single(part)))
      .join(""),
  "the first letter": (word) => (word === "" ? "''" : `${single(word.slice(0, 1))}${single(word.slice(1))}`),
  "empty quotes around": (word) => `''${single(word)}""`,
  "each letter": (word) =>
    Array.from(word, (char, at) => (at % 2 === 0 ? single(char) : double(char))).join("") || "''",
};

const commandOf = ({ tool, arguments: own }: Call, command: string): Call => {
  const { argv: _argv, ...rest } = own;
  return { tool, arguments: { ...rest, command } };
};

const quoted: readonly Transformation[] = Object.entries(styles).map(([name, style]) => ({
  name: `quoted: ${name}`,
  atLeast: 700,
  of: (call) => {
    const stages = stagesOf(call);
    if (stages === undefined) return [];
    const command = stages.map((words) => words.map(style).join(" ")).join(" | ");
    // `\$` inside double quotes is text to a shell, and not understood here.
    return [{ call: commandOf(call, command), same: !/"[^"]*[$`]/.test(command) }];
  },
}));

const oneWordQuoted: Transformation = {
  name: "one word quoted",
  atLeast: 2700,
  of: (call) => {
    const [words, ...more] = stagesOf(call) ?? [];
    if (words === undefined || more.length > 0) return [];
    return words.map((word, at) => {
      const others = (part: Words) => (part.length === 0 ? [] : [line(part)]);
      const parts = [
        ...others(words.slice(0, at)),
        styles["the first letter"]?.(word) ?? "",
        ...others(words.slice(at + 1)),
      ];
      return { call: commandOf(call, parts.join(" ")), same: true };
    });
  },
};

/** Blanks that a line may hold anywhere between words, and around it. */
const blanks: Transformation = {
  name: "blanks",
  atLeast: 1400,
  of: (call) => {
    const stages = stagesOf(call);
    if (stages === undefined) return [];
    const words = stages.map((stage) => stage.map(single));
    return [
      ` \t${words.map((stage) => stage.join("\t  ")).join("\t|\t")}  `,
      words.map((stage) => stage.join(" ")).join("|"),
    ].map((command) => ({ call: commandOf(call, command), same: true }));
  },
};

/** A line that is no list of words (a shell's syntax in it) stays what it is with blanks around. */
const padded: Transformation = {
  name: "blanks around a line",
  atLeast: 120,
  of: (call) => {
    const { command } = call.arguments;
    if (call.tool !== "cli_tool" || typeof command !== "string") return [];
    return [` ${command}`, `\t${command}`, `${command} `].map((text) => ({
      call: commandOf(call, text),
      same: stagesOf(call) !== undefined,
    }));
  },
};

export const quotes: readonly Transformation[] = [...quoted, oneWordQuoted, blanks, padded];
