// The contract of the helper itself, started as the server starts it: exit codes, the status pipe, what it refuses, and that it
// works for a user without any rights.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { isAlive } from "../execution/setup.ts";
import { eventually } from "../helpers/door.ts";
import { boxFile, escape, missing, testPlaces } from "./setup.ts";

interface Start {
  readonly walls?: readonly string[];
  readonly program?: string;
  readonly words: readonly string[];
  readonly uid?: number;
  readonly helper?: string;
}

function start({ walls = [], program = escape, words, uid, helper = boxFile }: Start) {
  const given = [...walls, "--x", program, "--status-fd", "3", "--", program, ...words];
  const child = spawn(helper, given, {
    env: {},
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    cwd: "/",
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const pipe = (at: number) => text(readable(child, at));
  const ended = Promise.all([
    new Promise<number | NodeJS.Signals | null>((resolve) =>
      child.on("close", (code, signal) => resolve(code ?? signal)),
    ),
    pipe(1),
    pipe(2),
    pipe(3),
  ]).then(([code, stdout, stderr, status]) => ({ code, stdout, stderr, lines: status.split("\n").filter(Boolean) }));
  return { child, ended };
}

function readable({ stdio }: ChildProcess, at: number): Readable {
  const pipe = stdio[at];
  if (!(pipe instanceof Readable)) throw new Error(`nothing is read from ${at}`);
  return pipe;
}

const lastLine = (lines: readonly string[]): unknown => JSON.parse(lines.at(-1) ?? "null");

describe.skipIf(missing !== undefined)("the helper", () => {
  it("ends as its command ends, and says what it cost", async () => {
    const { code, stdout, lines } = await start({ words: ["marker"] }).ended;
    expect([code, stdout, lines.length]).toEqual([0, "ESCAPED ran\n", 2]);
    expect(JSON.parse(lines[0] ?? "")).toEqual({ started: expect.any(Number) });
    expect(lastLine(lines)).toEqual({
      ended: "exit",
      code: 0,
      signal: 0,
      strays: 0,
      cpuMs: expect.any(Number),
      maxRssKb: expect.any(Number),
      wallMs: expect.any(Number),
    });
    expect((await start({ words: ["no-such-attempt"] }).ended).code).toBe(77);
  });

  it("tells a command's own 125 from a refusal", async () => {
    const { lines, code } = await start({ walls: ["--cpu", "1"], words: ["processor", "30"] }).ended;
    expect(code).toBe(128 + 24);
    expect(lastLine(lines)).toMatchObject({ ended: "exit", signal: 24 });
  });

  it.for([
    ["an ABI that the kernel does not have", ["--require", "99"], /^the kernel's Landlock ABI is \d+, 99 is required$/],
    ["a path that is not there", ["--r", "/nowhere/at/all"], /^\/nowhere\/at\/all: /],
    ["another parent", ["--parent", "1"], /^the server is gone$/],
  ] as const)("refuses %s with 125, and starts nothing", async ([, walls, reason]) => {
    const { marker } = markerPlace();
    const { code, lines, stdout } = await start({ walls: [...walls, "--nofork"], words: ["write", marker] }).ended;
    expect([code, stdout, existsSync(marker)]).toEqual([125, "", false]);
    expect(lastLine(lines)).toEqual({ refused: expect.stringMatching(reason) });
  });

  it("refuses a flag that it does not know, and a program that is not there", async () => {
    expect((await start({ walls: ["--everything", "yes"], words: ["marker"] }).ended).code).toBe(125);
    const gone = await start({ program: "/bin", words: ["marker"] }).ended;
    expect([gone.code, lastLine(gone.lines)]).toEqual([125, { refused: expect.stringMatching(/^\/bin: /) }]);
  });

  it("ends its command with grace when it is asked to, and at once when it is interrupted", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const { child, ended } = start({ walls: ["--grace", "200"], words: ["processor", "30"] });
      await sleep(300);
      child.kill(signal);
      const { lines } = await ended;
      expect(lastLine(lines)).toMatchObject({ ended: "cancelled", signal: signal === "SIGTERM" ? 15 : 9 });
    }
  });

  it("takes its command with it when it is killed itself", async () => {
    const { child, ended } = start({ words: ["processor", "30"] });
    const group = await startedGroup(readable(child, 3));
    child.kill("SIGKILL");
    await ended;
    await eventually(() => !isAlive(group), "the command is gone");
    expect(isAlive(group)).toBe(false);
  });

  it.skipIf(process.getuid?.() !== 0)("holds for a user without any rights, as in a restricted pod", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "aisre-nobody-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o755);
    const [helper, program] = [path.join(folder, "box"), path.join(folder, "escape")];
    copyFileSync(boxFile, helper);
    copyFileSync(escape, program);
    const nobody = { helper, program, uid: 65_532 };
    const as = { uid: nobody.uid, gid: nobody.uid, encoding: "utf8" } as const;
    const status = spawnSync("cat", ["/proc/self/status"], as).stdout;
    for (const set of ["CapPrm", "CapEff", "CapAmb"]) expect(status).toMatch(new RegExp(`^${set}:\\s0+$`, "m"));
    const probe = spawnSync(helper, ["--probe"], { ...as, cwd: "/", env: {} });
    expect([probe.status, JSON.parse(probe.stdout)]).toEqual([
      0,
      JSON.parse(spawnSync(boxFile, ["--probe"]).stdout.toString()),
    ]);
    expect((await start({ ...nobody, walls: ["--nofork"], words: ["marker"] }).ended).stdout).toBe("ESCAPED ran\n");
    for (const words of [["read", "/etc/passwd"], ["fork"], ["memory-file"], ["netlink"], ["namespace"]]) {
      const { stdout } = await start({ ...nobody, walls: ["--nofork"], words }).ended;
      expect([words[0], stdout]).toEqual([words[0], expect.stringMatching(/^held: /)]);
    }
    const [lent, asked] = [path.join(folder, "lent"), path.join(folder, "asked")];
    const server = createServer((socket) => void socket.end("lent")).listen(lent, () => chmodSync(lent, 0o777));
    onTestFinished(() => void server.close());
    await eventually(() => server.listening, "it listens");
    const walls = ["--nofork", "--net", "unix", "--socket", lent];
    expect((await start({ ...nobody, walls, words: ["unix", asked] }).ended).stdout).toBe("ESCAPED lent\n");
  });
});

function markerPlace() {
  return { marker: path.join(testPlaces().outside, "marker") };
}

function startedGroup(pipe: Readable): Promise<number> {
  return new Promise((resolve) => {
    pipe.on("data", (chunk: Buffer) => {
      const group = /"started":(\d+)/.exec(chunk.toString())?.[1];
      if (group !== undefined) resolve(Number(group));
    });
  });
}
