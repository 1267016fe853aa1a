// What programs of sed, gawk and yq really do, without their sandboxes, beside what we say they name: whatever writes a file,
// starts a command, or reads the environment or a file is listed, or the program is refused. AISRE_FUZZ_CASES asks for more.
import * as fc from "fast-check";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { grammars } from "../../src/command/grammar/grammars.ts";
import { listGawkIdentifiers } from "../../src/command/programs/gawk.ts";
import type { ListedProgram } from "../../src/command/programs/listed-program.ts";
import { listSedCommands } from "../../src/command/programs/sed.ts";
import { listYqIdentifiers } from "../../src/command/programs/yq.ts";
import { counterexample } from "./counterexample.ts";
import { locate, run } from "./installed.ts";

const cases = Number(process.env["AISRE_FUZZ_CASES"] ?? 250);
const folder = mkdtempSync(path.join(tmpdir(), "aisre-outside-"));
afterAll(() => rmSync(folder, { recursive: true }));

const canary = "c4n4ry";
const environment = { PATH: "/usr/bin:/bin", CANARY: canary };

/** True when the program wrote a file or showed the canary. */
function goesOutside(file: string, words: readonly string[]): boolean {
  writeFileSync(path.join(folder, "in.yaml"), canary);
  // As a command, the input writes a file: `e` runs it.
  const { stdout } = run(file, words, { input: "touch ran\n", cwd: folder, environment, timeoutMs: 1000 });
  const made = readdirSync(folder).filter((name) => name !== "in.yaml");
  for (const name of made) rmSync(path.join(folder, name), { recursive: true });
  return made.length > 0 || (stdout ?? "").includes(canary);
}

const joined = (pieces: readonly string[], maxLength: number) =>
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength }).map((parts) => parts.join(""));

interface Subject {
  readonly binary: "sed" | "gawk" | "yq";
  readonly list: (program: string) => ListedProgram;
  readonly outward: readonly string[];
  readonly words: (program: string) => readonly string[];
  readonly programs: fc.Arbitrary<string>;
  /** Programs that go outside, so that a check which sees nothing fails. */
  readonly known: readonly string[];
}

const sedPieces =
  "s/ t / s, | y / [ ] ^ \\\\ \\/ \\n w·out W·out e r·x p d ; ; } { ! 1 $ , a\\ a·x i\\ c # : b·x g I e w·f /·w·o q & - .".split(
    " ",
  );
const gawkPieces =
  'print printf > >> | " "out" "touch·x" / \\/ [ ] ( ) { } ; , 1 a $1 ++ in if(a) while(0) system( getline # ? : = ~ ! \\ BEGIN length · · && ==='.split(
    " ",
  );
const yqPieces =
  '. .. .a " \\( \\" ) ( strenv(CANARY) env(CANARY) load_str("in.yaml") load_str( "in.yaml" | + // , # a length eval · · [ ] ." .a//'.split(
    " ",
  );

const spaced = (pieces: readonly string[]) => [...pieces.map((piece) => piece.replaceAll("·", " ")), "\n"];

const subjects: readonly Subject[] = [
  {
    binary: "sed",
    list: listSedCommands,
    outward: ["w", "W", "e", "s///w", "s///e", "r", "R"],
    words: (program) => [`--expression=${program}`],
    programs: fc.oneof(
      joined(spaced(sedPieces), 9),
      joined(spaced(sedPieces), 5).map((tail) => `s/t/x/${tail}`),
    ),
    known: ["w out", "s/x/y/;w out", "e", "s/t/t/e", "s/t/;y/w out", "1!d;w out"],
  },
  {
    binary: "gawk",
    list: listGawkIdentifiers,
    outward: ["|", "|&", ">", ">>", "@", "system", "getline", "ENVIRON", "SYMTAB"],
    words: (program) => ["--", program],
    programs: fc.oneof(
      joined(spaced(gawkPieces), 8),
      joined(spaced(gawkPieces), 7).map((inner) => `BEGIN{${inner}}`),
      joined(spaced(gawkPieces), 6).map((inner) => `{print ${inner} > "out"}`),
    ),
    known: ['{print > "out"}', 'BEGIN{print 1,\n 2 > "out"}', '{system("touch x")}', 'BEGIN{print ENVIRON["CANARY"]}'],
  },
  {
    binary: "yq",
    list: listYqIdentifiers,
    outward: ["env", "strenv", "envsubst", "load", "load_str", "eval"],
    words: (program) => ["--null-input", `--expression=${program}`],
    programs: fc.oneof(
      joined(spaced(yqPieces), 7),
      joined(spaced(yqPieces), 4).map((inner) => `"${inner}" | strenv(CANARY) | "${inner}"`),
      joined(spaced(yqPieces), 4).map((inner) => `.a${inner} + load_str("in.yaml")`),
    ),
    known: [
      "strenv(CANARY)",
      'load_str("in.yaml")',
      '"\\(strenv(CANARY))"',
      'load_str("in.yaml") | length as $x | strenv(CANARY)',
    ],
  },
];

describe.each(subjects)("$binary", ({ binary, list, outward, words, programs, known }) => {
  const grammar = grammars.get(binary);
  const file = grammar === undefined ? undefined : locate(grammar);

  const isListed = (program: string): boolean => {
    const listed = list(program);
    return "problem" in listed || listed.identifiers.some((name) => outward.includes(name));
  };

  it.skipIf(file === undefined).each(known)("goes outside by %j, which is listed", (program) => {
    expect(goesOutside(file ?? "", words(program))).toBe(true);
    expect(isListed(program)).toBe(true);
  });

  it.skipIf(file === undefined)("never goes outside by a program that names no way out", () => {
    const holds = (program: string) => isListed(program) || !goesOutside(file ?? "", words(program));
    expect(counterexample(programs, holds, cases)).toBeUndefined();
  });
});
