// Every git call of the corpus that could run something, write or read elsewhere, for real: in a scratch repository made as the
// row says, with policy wide open. What policy alone would stop is not stopped here: grammar, configuration and pins must do.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { understand } from "../../src/command/understand.ts";
import { createEnvironments } from "../../src/execution/environment.ts";
import { createExecution } from "../../src/execution/execute.ts";
import { foreignKey } from "../../src/workspace/foreign-config.ts";
import { findStranger } from "../../src/workspace/strangers.ts";
import { testFolders, toRequest } from "../execution/setup.ts";

const corpus = path.resolve(import.meta.dirname, "../corpus");
const rowSchema = z.looseObject({
  id: z.string(),
  category: z.string(),
  arguments: z.looseObject({
    argv: z.array(z.string()).optional(),
    stdin: z.string().optional(),
    env: z.record(z.string(), z.string()).optional(),
  }),
});
type Row = z.infer<typeof rowSchema>;
const setups = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(path.join(corpus, "git-setups.json"), "utf8")));
const rows: readonly Row[] = readFileSync(path.join(corpus, "calls.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith('{"id": "git-'))
  .map((line) => rowSchema.parse(JSON.parse(line)))
  .filter(({ id, arguments: { argv } }) => id in setups && argv !== undefined);

const git = ["/usr/local/bin/git", "/usr/bin/git"].find((file) => existsSync(file));
const marker = "CONTENT-OF-ANOTHER-FILE";
const timeout = 10_000;

interface Scratch {
  readonly repository: string;
  /** Beside the repository: remotes, programs, what a call must neither change nor show. */
  readonly outside: string;
  /** The corpus' own folders in a text → these. */
  readonly here: (text: string) => string;
  /** Changes with everything that is written outside, or to git's folder of a remote. */
  readonly state: () => string;
}

const preamble = [
  "git init -q -b main .",
  "git config user.email a@b",
  "git config user.name n",
  "echo hi > f.txt",
  "git add f.txt",
  "git commit -qm init",
  'git init -q --bare -b main "$M/r.git"',
  'git remote add origin "$M/r.git"',
  "git push -q origin main",
  "git branch -q -u origin/main",
  'git init -q --bare -b main "$M/evil.git"',
  'printf "#!/bin/sh\\ntouch $M/pwn\\nexit 0\\n" > "$M/e.sh"',
  'chmod +x "$M/e.sh"',
].join("\n");

const plain = (scratch: { readonly home: string }): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: scratch.home,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
});

function makeScratch(setup: string): Scratch {
  const root = mkdtempSync(path.join(tmpdir(), "ai-sre-effects-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [repository, outside] = [path.join(root, "w"), path.join(root, "m")];
  for (const folder of [repository, outside]) mkdirSync(folder);
  writeFileSync(path.join(outside, "secret"), `${marker}\n`);
  const env = { ...plain({ home: root }), M: outside, W: repository };
  execFileSync("/bin/sh", ["-c", `set -e\n${preamble}\nset +e\n${setup}\nrm -f "$M/pwn"`], {
    cwd: repository,
    env,
    stdio: "ignore",
  });
  return {
    repository,
    outside,
    here: (text) => text.replaceAll("/tmp/m", outside).replaceAll("/workspace", repository),
    state: () => {
      const hash = createHash("sha256");
      for (const entry of readdirSync(outside, { recursive: true, withFileTypes: true })) {
        const file = path.join(entry.parentPath, entry.name);
        hash.update(`${file}\0`);
        if (entry.isFile()) hash.update(readFileSync(file));
      }
      return hash.digest("hex");
    },
  };
}

/** Without any wall: what the row says happens, or does not with this version of git. */
function runPlainly({ repository, here }: Scratch, row: Row): string {
  const [, ...words] = row.arguments.argv ?? [];
  const env = { ...plain({ home: path.dirname(repository) }) };
  for (const [name, value] of Object.entries(row.arguments.env ?? {})) env[name] = here(value);
  const { stdout, stderr } = spawnSync(git ?? "git", words.map(here), {
    cwd: repository,
    env,
    input: here(row.arguments.stdin ?? ""),
    encoding: "utf8",
    timeout,
  });
  return stdout + stderr;
}

type Wall = "grammar" | "configuration" | "pins";

/** What the server says of the repository, were it its clone: without what the preamble itself writes. */
async function problemOf(repository: string): Promise<string | undefined> {
  const env = plain({ home: repository });
  const read = (cwd: string, ...words: readonly string[]) =>
    Promise.resolve(execFileSync(git ?? "git", words, { cwd, encoding: "utf8", env }));
  const copy = mkdtempSync(path.join(tmpdir(), "ai-sre-config-"));
  try {
    const file = path.join(copy, "config");
    copyFileSync(path.join(repository, ".git/config"), file);
    await read(copy, "config", "--file", file, "--remove-section", "user");
    if (/url = \//.test(readFileSync(file, "utf8")))
      await read(copy, "config", "--file", file, "remote.origin.url", "https://github.com/o/r");
    return (await foreignKey(read, copy)) ?? (await findStranger(read, repository, "HEAD"));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** As the server does it, with a policy that allows everything. */
async function runAsServer({ repository, here }: Scratch, row: Row): Promise<readonly [Wall, string]> {
  const argv = (row.arguments.argv ?? []).map(here);
  const settings = { defaultNamespace: "default", fluxNamespace: "flux-system", kinds: [] };
  const understood = understand({ action: "command", steps: [{ argv, stdin: row.arguments.stdin ?? "" }] }, settings);
  if (!understood.ok) return ["grammar", ""];
  if ((await problemOf(repository)) !== undefined) return ["configuration", ""];
  const { homeDir, cacheDir, workDir } = testFolders();
  const execution = createExecution({
    binaries: new Map([["git", { available: true, path: git ?? "", version: "2" }]]),
    environments: createEnvironments({ homeDir, cacheDir }),
    cwd: workDir,
    places: {},
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
  });
  let said = "";
  for (const step of understood.plan.steps) {
    const { stdout, stderr } = await execution.run({ ...toRequest(step), timeoutMs: timeout, workTree: repository });
    said += stdout + stderr;
  }
  return ["pins", said];
}

/** Rows that share a setup share a repository: what changes nothing can be followed by the next. */
const bySetup = Map.groupBy(rows, ({ id }) => setups[id] ?? "");

describe.skipIf(git === undefined)("git calls of the corpus, for real", () => {
  it("leave no trace and show nothing, whatever policy says", { timeout: 300_000 }, async () => {
    const walls = new Map<Wall, string[]>();
    for (const [setup, group] of bySetup) {
      const scratch = makeScratch(setup);
      for (const row of group) {
        const before = scratch.state();
        const [wall, said] = await runAsServer(scratch, row);
        expect(scratch.state() === before, `${row.id} (${wall}) left a trace`).toBe(true);
        expect(said, `${row.id} (${wall})`).not.toContain(marker);
        walls.set(wall, [...(walls.get(wall) ?? []), row.id]);
      }
    }
    expect([...walls.keys()].sort()).toEqual(["configuration", "grammar", "pins"]);
    expect([...walls.values()].flat()).toHaveLength(rows.length);
  });

  it("would leave one without our walls: more than half of them do", { timeout: 300_000 }, () => {
    const dangerous = rows.filter(({ category }) => ["exec", "repo-content", "file-write", "env"].includes(category));
    const effective = dangerous.filter((row) => {
      const scratch = makeScratch(setups[row.id] ?? "");
      const before = scratch.state();
      runPlainly(scratch, row);
      return scratch.state() !== before;
    });
    expect(effective.length).toBeGreaterThan(dangerous.length / 2);
  });
});
