// What is wrong with a policy's sources, with its place: file, line, and words for a person. Made by every step of building,
// linting and testing; printed the same everywhere.
import * as z from "zod";

export interface Problem {
  /** Below the policies' folder. */
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

/** `aisre/kubectl/kubectl.rego:32: …`, as editors and terminals make links of. */
export const renderProblem = ({ file, line, message }: Problem): string =>
  `${file}${line === undefined ? "" : `:${line}`}: ${message}`;

const errorsSchema = z.object({
  errors: z
    .array(
      z.object({
        message: z.string(),
        code: z.string(),
        location: z.object({ file: z.string(), row: z.int() }).optional(),
        details: z.looseObject({ line: z.string().optional() }).nullish(),
      }),
    )
    .optional(),
});

/** What opa's codes mean; the message has the rest. */
const meanings: Readonly<Record<string, string>> = {
  rego_parse_error: "this is no Rego",
  rego_type_error: "this does not fit together",
  rego_unsafe_var_error: "a name has no value",
  rego_recursion_error: "rules may not lead back to themselves",
  rego_compile_error: "this cannot be compiled",
};

/** The problems that opa prints with `--format json`; its own text where it printed something else. */
export function opaProblems(printed: string): readonly Problem[] {
  const { errors } = errorsSchema.safeParse(readJson(printed)).data ?? {};
  if (errors === undefined) return textProblems(printed);
  return errors.map(({ message, code, location, details }) => {
    const shown = details?.line?.trim();
    const words = `${meanings[code] ?? code}: ${message}${shown === undefined ? "" : ` (in: ${shown})`}`;
    return location === undefined
      ? { file: "policy", message: words }
      : { file: location.file, line: location.row, message: words };
  });
}

/** Lines of `file:row: message`; everything else as it stands. */
export function textProblems(text: string): readonly Problem[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !/^\d+ errors? occurred/.test(line));
  return lines.slice(0, maxTextLines).map((line) => {
    const [, file, row, message] = /^(?:error: )?([\w./-]+\.\w+):(\d+):\s*(.*)$/.exec(line) ?? [];
    return file === undefined || message === undefined
      ? { file: "policy", message: line.trim() }
      : { file, line: Number(row), message };
  });
}

const maxTextLines = 40;

/** A thrown error whose words begin with its place, or at least name a file. */
export const errorProblem = (error: unknown, file: string): Problem => {
  const message =
    error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
  const [placed] = textProblems(message);
  return placed !== undefined && placed.file !== "policy" ? placed : { file, message: message.replaceAll("\n", " ") };
};

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Thrown where a step cannot go on; carries everything that is known. */
export class PolicyProblems extends Error {
  override readonly name = "PolicyProblems";
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(renderProblem).join("\n"));
    this.problems = problems;
  }
}
