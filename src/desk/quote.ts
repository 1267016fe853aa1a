// Argument lists as a person would type them, and as `cli_tool` reads them back. Pure; for texts and suggestions only: what
// runs is always a list.

/** One word; in single quotes where it holds anything but plain characters. */
export const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** The stages of a pipeline as one command line. */
export const toCommandLine = (stages: readonly (readonly string[])[]): string =>
  stages.map((argv) => argv.map(quote).join(" ")).join(" | ");
