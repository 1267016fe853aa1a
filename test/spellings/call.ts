// A call of the corpus as something that can be spelled in another way: the words of its stages and everything else it says.
import { tokenize } from "../../src/command/tokenize.ts";

export interface Call {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export type Words = readonly string[];

/** One way to say a call. */
export interface Spelling {
  readonly call: Call;
  /** The real binary takes it for the very same call: where it is allowed, the same argvs must come of it. */
  readonly same: boolean;
}

/** The stages of a cli_tool call; undefined for other tools and for lines that are no list of words. */
export function stagesOf({ tool, arguments: own }: Call): readonly Words[] | undefined {
  if (tool !== "cli_tool") return undefined;
  const { argv, command } = own;
  if (isWords(argv)) return [argv];
  if (typeof command !== "string") return undefined;
  const stages = tokenize(command);
  return stages.ok ? stages.value.map((stage) => stage.map(({ text }) => text)) : undefined;
}

export const isWords = (value: unknown): value is Words =>
  Array.isArray(value) && value.every((word) => typeof word === "string");

/** The same call with other words: as an argv when it is one stage, as a line of quoted words otherwise. */
export function withStages({ tool, arguments: own }: Call, stages: readonly Words[]): Call {
  const { argv: _argv, command: _command, ...rest } = own;
  const [only] = stages;
  const words = stages.length === 1 && only !== undefined ? { argv: only } : { command: stages.map(line).join(" | ") };
  return { tool, arguments: { ...words, ...rest } };
}

export const line = (words: Words): string => words.map(quoted).join(" ");

/** In single quotes where a word needs some. */
export const quoted = (word: string): string =>
  /^[A-Za-z0-9_./:@%+,][A-Za-z0-9_./:@%+,=-]*$|^-[A-Za-z0-9_./:@%+,=-]*$/.test(word) && !/^\w*=/.test(word)
    ? word
    : `'${word.replaceAll("'", String.raw`'\''`)}'`;
