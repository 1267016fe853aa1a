// Policy wide open: every way out that we know, tried by a program that does nothing else, each behind the walls that a profile
// grants. Each is tried without walls first, so that none passes for want of trying; what the machine itself forbids is skipped.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Attempt, attempts, forbidden, loader } from "./attempts.ts";
import { attempt, escape, missing, type Places, testPlaces, type Trial } from "./setup.ts";
import { listening, type OpenTargets, openTargets } from "./targets.ts";

const MB = 1024 * 1024;
let targets: OpenTargets;

beforeAll(async () => {
  targets = await openTargets();
});
afterAll(() => targets.close());

/** Tried without walls, then behind them; `also` are facts beside what the program says of itself. */
async function expectHeld(
  trial: Omit<Trial, "places" | "words">,
  words: Attempt[1],
  skip: () => void,
  also?: (at: Places) => void,
) {
  const open = targets.at();
  const free = await attempt({ ...trial, places: open, words: words(open), free: true });
  if (forbidden.test(free.stdout)) return skip();
  expect(free.stdout).toMatch(/^ESCAPED/);
  const places = targets.at();
  const held = await attempt({ ...trial, places, words: words(places) });
  expect(held.stdout).toMatch(/^held: /);
  expect(held.stage).toMatchObject({ exitCode: 77, answered: false, usage: { strays: 0 } });
  also?.(places);
}

describe.skipIf(missing !== undefined)("a text tool", () => {
  it.for(attempts.text)("that %s is held", async ([, words], { skip }) => {
    await expectHeld({ profile: "text" }, words, skip, ({ granted, outside }) => {
      expect([path.join(granted, "marker"), path.join(outside, "marker")].filter(existsSync)).toEqual([]);
    });
  });

  it("may have threads", async () => {
    expect((await attempt({ profile: "text", words: ["thread"], places: testPlaces() })).stdout).toBe(
      "ESCAPED joined\n",
    );
  });

  it("finds nothing open besides its three pipes, so it cannot speak for the helper", async () => {
    const { stdout, stage } = await attempt({ profile: "text", words: ["status"], places: testPlaces() });
    expect(stdout).toBe("held: nothing else is open\n");
    expect(stage).toMatchObject({ exitCode: 77 });
  });
});

describe.skipIf(missing !== undefined)("a binary that talks", () => {
  it.for(attempts.talker)("that %s is held", async ([, words], { skip }) => {
    await expectHeld({ profile: "kubectl", egress: true }, words, skip, ({ outside }) => {
      expect(existsSync(path.join(outside, "marker"))).toBe(false);
    });
  });

  it("connects to the port that it was lent", async () => {
    const port = Number(targets.at().port);
    const words = ["connect", "127.0.0.1", String(port)];
    const { stdout } = await attempt({ profile: "curl", egress: true, port, words, places: testPlaces() });
    expect(stdout).toBe("ESCAPED 127.0.0.1\n");
  });

  it("is refused the metadata address at once, without a packet", async () => {
    const words = ["connect", "169.254.169.254", "80"];
    const { stdout } = await attempt({ profile: "curl", egress: true, words, places: testPlaces() });
    expect(stdout).toMatch(/^held: Permission denied/);
  });

  it("has no socket at all when its command does not talk", async () => {
    const port = Number(targets.at().port);
    const words = ["connect", "127.0.0.1", String(port)];
    const { stdout } = await attempt({ profile: "kubectl", port, words, places: testPlaces() });
    expect(stdout).toMatch(/^held: Function not implemented/);
  });

  it("cannot have the loader start a file, though the loader starts itself", async () => {
    const words = ["loader", loader, "/bin/echo"];
    const program = { available: true, path: escape, version: "1" } as const;
    const files = { execute: [escape, loader], read: ["/"] };
    const { stdout } = await attempt({ profile: "curl", words, program: { ...program, files }, places: testPlaces() });
    expect(stdout).toMatch(/^held: Function not implemented/);
  });
});

describe.skipIf(missing !== undefined)("git, which starts programs of its own", () => {
  it.for(attempts.git)("that %s is held", async ([, words], { skip }) => {
    await expectHeld({ profile: "git", egress: true, effect: "workspace" }, words, skip, ({ granted, outside }) => {
      expect([path.join(granted, "marker"), path.join(outside, "marker")].filter(existsSync)).toEqual([]);
    });
  });

  it("writes where it may, and only when its command changes something", async () => {
    const places = testPlaces();
    const words = ["write", path.join(places.granted, "file")];
    expect((await attempt({ profile: "git", words, places })).stdout).toMatch(/^held: /);
    expect((await attempt({ profile: "git", effect: "workspace", words, places })).stdout).toMatch(/^ESCAPED /);
  });

  it("leaves nobody behind, whatever has forked twice, made a session and ignored its end", async () => {
    const [open, places] = [testPlaces(), testPlaces()];
    const trial = { profile: "git", effect: "workspace" } as const;
    const words = (at: Places) => ["orphan", path.join(at.granted, "marker"), "700"];
    await attempt({ ...trial, words: words(open), places: open, free: true });
    const { stage } = await attempt({ ...trial, words: words(places), places });
    await sleep(1500);
    expect(stage).toMatchObject({ exitCode: 0, usage: { strays: 1 } });
    expect(existsSync(path.join(open.granted, "marker"))).toBe(true);
    expect(existsSync(path.join(places.granted, "marker"))).toBe(false);
  });

  it("is ended when it starts too many processes", async () => {
    const places = testPlaces();
    const words = ["bomb", path.join(places.granted, "marker")];
    const { stage, stderr } = await attempt({ profile: "git", effect: "workspace", words, places });
    expect(stage).toMatchObject({ signal: "SIGKILL", answered: false });
    expect(stderr).toBe("escape: killed: it started too many processes\n");
    expect(existsSync(path.join(places.granted, "marker"))).toBe(false);
    expect(processesNamed(places.granted)).toEqual([]);
  });
});

describe.skipIf(missing !== undefined)("gh, which speaks to a Unix socket", () => {
  it.for(attempts.gh)("that %s is held", async ([, words], { skip }) => {
    const lent = await openSocket("lent");
    await expectHeld({ profile: "gh", egress: true, socket: lent.path }, words, skip, ({ granted }) => {
      expect(existsSync(path.join(granted, "marker"))).toBe(false);
    });
  });

  const ways: readonly (readonly [name: string, words: (lent: string, other: string) => readonly string[]])[] = [
    ["names it", (lent) => ["unix", lent]],
    ["names another socket of the server's user", (_lent, other) => ["unix", other]],
    ["names one that is not there", (_lent, other) => ["unix", `${other}.not`]],
    ["names an abstract one", () => ["abstract", targets.at().abstractName]],
    ["writes another path over it while it connects", (lent, other) => ["swap", lent, other]],
  ];

  it.each(ways)("reaches the one that it was lent when it %s", async (_name, words) => {
    const [lent, other] = [await openSocket("lent"), await openSocket("other")];
    const trial = { profile: "gh", egress: true, words: words(lent.path, other.path) } as const;
    const { stdout } = await attempt({ ...trial, socket: lent.path, places: testPlaces() });
    expect(stdout).toBe("ESCAPED lent\n");
    expect([lent.connections() > 0, other.connections()]).toEqual([true, 0]);
  });

  it("and without walls the path that is written meanwhile is reached too", async () => {
    const [lent, other] = [await openSocket("lent"), await openSocket("other")];
    const words = ["swap", lent.path, other.path];
    expect((await attempt({ profile: "gh", words, places: testPlaces(), free: true })).stdout).toContain("other");
  });

  it("is told so where nobody listens", async () => {
    const socket = `${targets.at().socket}.nobody`;
    const trial = { profile: "gh", egress: true, words: ["unix", targets.at().socket], places: testPlaces() } as const;
    expect((await attempt({ ...trial, socket })).stdout).toMatch(/^held: No such file or directory/);
  });

  it("has no socket at all when its command does not talk", async () => {
    const { stdout } = await attempt({ profile: "gh", words: ["unix", targets.at().socket], places: testPlaces() });
    expect(stdout).toMatch(/^held: Function not implemented/);
  });

  it("is ended in time although nobody takes its connections", async () => {
    const places = testPlaces();
    const lent = await openDeafSocket();
    const trial = { profile: "gh", egress: true, socket: lent, timeoutMs: 500 } as const;
    const { ended } = await attempt({ ...trial, words: ["crowd", lent, places.granted], places });
    expect(ended).toBe("timed_out");
    expect(processesNamed(places.granted)).toEqual([]);
  });
});

/** A Unix socket that says its name to whoever connects, and how many did. */
async function openSocket(name: string) {
  const file = socketNamed(name);
  let connections = 0;
  const server = await listening(
    createServer((socket) => {
      connections += 1;
      socket.on("error", () => undefined).end(name);
    }),
    file,
  );
  onTestFinished(() => void server.close());
  return { path: file, connections: () => connections };
}

/** One on which connections are waiting that nobody takes. */
async function openDeafSocket(): Promise<string> {
  const file = socketNamed("deaf");
  const sleeps = `require("net").createServer().listen({ path: process.argv[1], backlog: 1 }, () => {
    require("fs").writeSync(1, "listens");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000);
  });`;
  const owner = spawn(process.execPath, ["-e", sleeps, file], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => {
    owner.kill("SIGKILL");
    rmSync(file, { force: true });
  });
  await once(owner.stdout, "data");
  return file;
}

let sockets = 0;
const socketNamed = (name: string): string => path.join("/tmp", `aisre-${process.pid}-${name}-${(sockets += 1)}.sock`);

describe.skipIf(missing !== undefined)("what a command uses up", () => {
  it("memory of its own: no more is given", async () => {
    const places = testPlaces();
    expect((await attempt({ profile: "text", words: ["memory", "100"], places })).stdout).toBe("ESCAPED 100 MB\n");
    const { stdout } = await attempt({ profile: "text", words: ["memory", "400"], places });
    expect(stdout).toMatch(/^held: Cannot allocate memory/);
  });

  it("shared memory, which no limit of the kernel counts: it is ended", async () => {
    const places = testPlaces();
    const small = await attempt({ profile: "text", words: ["shared-memory", "100"], places });
    expect(small.stdout).toBe("ESCAPED 100 MB\n");
    const { stage, stderr } = await attempt({ profile: "text", words: ["shared-memory", "2000"], places });
    expect(stage).toMatchObject({ signal: "SIGKILL", answered: false });
    expect(stderr).toBe("escape: killed: it needed more memory than a command may have\n");
  });

  it("time: it is ended, whether it listens to signals or not", async () => {
    const places = testPlaces();
    const words = ["stubborn", path.join(places.granted, "marker"), "3000"];
    const trial = { profile: "git", effect: "workspace", timeoutMs: 300 } as const;
    const { ended, stage } = await attempt({ ...trial, words, places });
    expect(ended).toBe("timed_out");
    expect(stage).toMatchObject({ signal: "SIGKILL", answered: false });
    expect(existsSync(path.join(places.granted, "marker"))).toBe(false);
  });

  it("processor: its time is counted", async () => {
    const { stage } = await attempt({ profile: "text", words: ["processor", "1"], places: testPlaces() });
    expect(stage?.usage?.cpuMs).toBeGreaterThan(0);
  });

  it("output: it is ended", async () => {
    const { stage, stderr } = await attempt({ profile: "text", words: ["flood"], places: testPlaces() });
    expect(stage).toMatchObject({ answered: false, truncated: true });
    expect(stderr).toBe("escape: killed: it printed without end\n");
  });

  it("disk: a file grows to the limit and no further", async () => {
    const places = testPlaces();
    const file = path.join(places.granted, "large");
    const { stage, stderr } = await attempt({ profile: "kubectl", words: ["disk", file, "64"], places });
    expect(stage).toMatchObject({ signal: "SIGXFSZ", answered: false });
    expect(stderr).toBe("escape: killed: it wrote too large a file\n");
    expect(statSync(file).size).toBe(16 * 1024 * 1024);
  });

  it.each([
    ["many files", "files", "300"],
    ["many empty files", "empty-files", "5000"],
    ["files without a name", "nameless-files", "60"],
    ["files that are only mapped", "mapped-files", "6"],
    ["files in a folder that nobody may read", "hidden-files", "6"],
  ])("disk: %s are more than a temporary folder may hold, and it is ended", async (_what, way, number) => {
    const places = testPlaces();
    const trial = { profile: "text", words: [way, "$TMPDIR", number], places } as const;
    expect((await attempt({ ...trial, words: [way, "$TMPDIR", "1"], tempBytes: 4 * MB })).stdout).toMatch(/^ESCAPED /);
    const { stage, stderr } = await attempt({ ...trial, tempBytes: 4 * MB });
    expect(stage).toMatchObject({ signal: "SIGKILL", answered: false });
    expect(stderr).toBe("escape: killed: the folders that it writes to hold more than they may\n");
    expect(readdirSync(places.outside)).toEqual([]);
  });

  it("disk: what calls share is bounded for all of them together, and emptied when it is full", async () => {
    const places = testPlaces();
    const trial = { profile: "kubectl", words: ["files", places.granted, "1"], places } as const;
    for (let at = 0; at < 9; at += 1)
      writeFileSync(path.join(places.granted, `of-others-${at}`), Buffer.alloc(15 * MB));
    expect((await attempt(trial)).stage).toMatchObject({ signal: "SIGKILL", answered: false });
    expect(readdirSync(places.granted)).toEqual([]);
    expect((await attempt(trial)).stdout).toBe("ESCAPED 1 MB\n");
  });
});

/** Processes whose command line holds the text. */
function processesNamed(text: string): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
    } catch {
      return false;
    }
  });
}
