// What a stage prints is redacted before the next one reads it: no program that writes a text in another form brings a secret
// through. Real programs, and secrets of every kind.
import { existsSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Command } from "../../src/domain/command.ts";
import { createEnvironments } from "../../src/execution/environment.ts";
import { createExecution } from "../../src/execution/execute.ts";
import { printed, printedHere } from "../redaction/generated.ts";
import { testFolders, toRequest, toStep } from "./setup.ts";

interface Pipe {
  readonly argv: readonly [binary: string, ...words: string[]];
  /** What the program made, back to what it read. */
  readonly undo: (text: string) => string;
}

const rot13 = (text: string): string =>
  text.replaceAll(/[A-Za-z]/g, (letter) => {
    const base = letter <= "Z" ? 65 : 97;
    return String.fromCodePoint((((letter.codePointAt(0) ?? 0) - base + 13) % 26) + base);
  });
const eachLine = (change: (line: string) => string) => (text: string) => text.split("\n").map(change).join("\n");
const fromBase64 = (text: string): string => Buffer.from(text, "base64").toString();

const pipes: readonly Pipe[] = [
  { argv: ["base64", "-w", "0"], undo: fromBase64 },
  { argv: ["rev"], undo: eachLine((line) => Array.from(line).reverse().join("")) },
  { argv: ["tr", "A-Za-z", "N-ZA-Mn-za-m"], undo: rot13 },
  { argv: ["jq", "-R", "-r", "@base64"], undo: eachLine(fromBase64) },
  { argv: ["jq", "-R", "-s", "-r", "@uri"], undo: decodeURIComponent },
];
const folders = ["/usr/bin", "/bin"];
const fileOf = (name: string): string | undefined =>
  folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));

/** Repeats a run: AISRE_FUZZ_SEED, or what the names of the failed tests say. */
const seed = Number(process.env["AISRE_FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** Some secrets of each kind, in one text. */
const samples = Object.values({ ...printed, ...printedHere }).flatMap((kind) => fc.sample(kind, { numRuns: 4, seed }));
const text = samples.map((sample) => `---\n${sample.text}\n---\n`).join("\n");

/** Halves of secrets that do not stand elsewhere in the text by chance (`sProto`, in DefaultEndpointsProtocol). */
const elsewhere = around();
const halves = [...new Set(samples.flatMap(({ secret }) => halvesOf(secret)))].filter(
  (half) => !elsewhere.includes(half),
);

function halvesOf(secret: string): readonly string[] {
  const length = Math.ceil(secret.length / 2);
  return [secret.slice(0, length), secret.slice(-length)];
}

/** The text without its secrets, the longest first: one may hold another. */
function around(): string {
  const longest = samples.map(({ secret }) => secret).toSorted((left, right) => right.length - left.length);
  return longest.reduce((rest, secret) => rest.replaceAll(secret, "\u0000"), text);
}

/** What comes out at the end of printing and one more program. */
async function through({ argv }: Pipe, redact: readonly string[]): Promise<string> {
  const file = fileOf(argv[0]) ?? "";
  const { homeDir, cacheDir, workDir } = testFolders();
  const found = (path: string) => ({ available: true, path, version: "1" }) as const;
  const execution = createExecution({
    binaries: new Map([
      ["node", found(process.execPath)],
      [argv[0], found(file)],
    ]),
    environments: createEnvironments({ homeDir, cacheDir }),
    cwd: workDir,
    places: {},
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
  });
  const [first] = toStep([{ program: "copy", stdin: "caller" }]).stages;
  if (first === undefined) throw new Error("no stage");
  const second: Command = { ...first, binary: argv[0], argv, stdin: { from: "stage", bytes: 0 } };
  const request = toRequest({ stages: [first, second], stdin: text }, { maxOutputBytes: 4_000_000 });
  const outcome = await execution.run({ ...request, obligations: { ...request.obligations, redact } });
  expect(
    outcome.stages.map(({ answered }) => answered),
    outcome.stderr,
  ).toEqual([true, true]);
  return outcome.stdout;
}

// Each starts two processes, and a busy machine takes its time.
describe.skipIf(!pipes.every(({ argv: [name] }) => fileOf(name) !== undefined))(
  "a pipe through",
  { timeout: 60_000 },
  () => {
    it("is tried with almost all of them", () => {
      expect(halves.length).toBeGreaterThan(samples.length);
    });

    it.each(pipes)(`$argv: no secret of any kind comes out at its end (seed ${seed})`, async (pipe) => {
      const out = pipe.undo(await through(pipe, ["credentials", "kubernetes"]));
      for (const half of halves) expect(out).not.toContain(half);
    });

    it.each(pipes)(`$argv: they all would, unredacted (seed ${seed})`, async (pipe) => {
      const out = pipe.undo(await through(pipe, []));
      for (const { secret } of samples) expect(out).toContain(secret);
    });
  },
);
