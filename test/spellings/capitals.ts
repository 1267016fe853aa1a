// Words in capitals. Most binaries take them for other words; whoever folds case somewhere would make an attack of them again.
import { overParts, overStages, type Transformation } from "./transformation.ts";

const capital = (text: string): string => text.replace(/^./, (first) => first.toUpperCase());

const binary: Transformation = {
  name: "the binary in capitals",
  atLeast: 1300,
  of: overStages((_stage, [name = "", ...rest]) =>
    [name.toUpperCase(), capital(name)]
      .filter((text) => text !== name)
      .map((text) => ({ to: [text, ...rest], same: false })),
  ),
};

const verb: Transformation = {
  name: "the verb in capitals",
  atLeast: 280,
  of: overParts(({ parts }) =>
    parts.flatMap((part, at) =>
      part.kind === "verb" ? [{ to: parts.with(at, { ...part, text: part.text.toUpperCase() }), same: false }] : [],
    ),
  ),
};

const longFlags: Transformation = {
  name: "a long flag in capitals",
  atLeast: 450,
  of: overParts(({ parts }) =>
    parts.flatMap((part, at) =>
      part.kind === "flag" && part.spelled.startsWith("--")
        ? [part.spelled.toUpperCase(), `--${capital(part.spelled.slice(2))}`].map((spelled) => ({
            to: parts.with(at, { ...part, spelled }),
            same: false,
          }))
        : [],
    ),
  ),
};

const tool: Transformation = {
  name: "the tool in capitals",
  atLeast: 1500,
  of: ({ tool, arguments: own }) =>
    [tool.toUpperCase(), capital(tool)].map((name) => ({ call: { tool: name, arguments: own }, same: false })),
};

export const capitals: readonly Transformation[] = [binary, verb, longFlags, tool];
