// Limits with real processes that fork, sleep, flood and ignore signals: afterwards the whole group is gone.
import { spawn } from "node:child_process";
import { describe, expect, it, onTestFinished } from "vitest";
import { isAlive, membersOf, pidsIn, testExecution, toRequest, toStep } from "./setup.ts";

/** Runs the program and says when it has printed: then there is something to abort. */
const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("after a stage the whole process group is gone", () => {
  it("when the child exits well and leaves a child that holds the pipes", async () => {
    const outcome = await testExecution().run(toRequest(toStep([{ program: "leave-sleeper" }])));
    const [leader = 0, sleeper = 0] = pidsIn(outcome.stdout);
    expect(outcome).toMatchObject({ ended: "exited", stages: [{ exitCode: 0, answered: true }] });
    expect(membersOf(leader)).toEqual([]);
    expect(isAlive(sleeper)).toBe(false);
    expect(outcome.durationMs).toBeLessThan(5000);
  });

  it("when the time is over", async () => {
    const outcome = await testExecution().run(toRequest(toStep([{ program: "sleep" }]), { timeoutMs: 1000 }));
    const [pid = 0] = pidsIn(outcome.stdout);
    expect(outcome).toMatchObject({ ended: "timed_out", stages: [{ signal: "SIGTERM", answered: false }] });
    expect(outcome.stages[0]).not.toHaveProperty("exitCode");
    expect(membersOf(pid)).toEqual([]);
    expect(pid).toBeGreaterThan(0);
  });

  it("when the child ignores SIGTERM", async () => {
    const outcome = await testExecution().run(toRequest(toStep([{ program: "ignore-term" }]), { timeoutMs: 1000 }));
    const [pid = 0] = pidsIn(outcome.stdout);
    expect(outcome).toMatchObject({ ended: "timed_out", stages: [{ signal: "SIGKILL", answered: false }] });
    expect(membersOf(pid)).toEqual([]);
    expect(outcome.durationMs).toBeLessThan(4000);
  });

  it("when a read is cancelled", async () => {
    const abort = new AbortController();
    const running = testExecution().run(toRequest(toStep([{ program: "sleep" }]), { signal: abort.signal }));
    await soon(700);
    abort.abort();
    const outcome = await running;
    const [pid = 0] = pidsIn(outcome.stdout);
    expect(outcome).toMatchObject({ ended: "cancelled", stages: [{ signal: "SIGTERM", answered: false }] });
    expect(membersOf(pid)).toEqual([]);
    expect(outcome.durationMs).toBeLessThan(5000);
  });

  it("when the child dies by a signal of its own", async () => {
    const outcome = await testExecution().run(toRequest(toStep([{ program: "die", parameters: ["SIGSEGV"] }])));
    expect(outcome).toMatchObject({
      ended: "exited",
      stages: [{ signal: "SIGSEGV", answered: false }],
      stdout: "last words",
    });
  });

  it("when the execution is closed", async () => {
    const execution = testExecution();
    const running = execution.run(toRequest(toStep([{ program: "ignore-term" }])));
    await soon(700);
    execution.close();
    const outcome = await running;
    expect(outcome).toMatchObject({ ended: "exited", stages: [{ signal: "SIGKILL", answered: false }] });
    expect(membersOf(pidsIn(outcome.stdout)[0] ?? 0)).toEqual([]);
  });

  it("but for a child that left the group by setsid, which the answer does not wait for", async () => {
    const outcome = await testExecution().run(
      toRequest(toStep([{ program: "leave-sleeper", parameters: ["escape"] }])),
    );
    const [leader = 0, escaped = 0] = pidsIn(outcome.stdout);
    onTestFinished(() => {
      process.kill(escaped, "SIGKILL");
    });
    expect(outcome).toMatchObject({ ended: "exited", stages: [{ exitCode: 0 }] });
    expect(membersOf(leader)).toEqual([]);
    expect(isAlive(escaped)).toBe(true);
    expect(outcome.durationMs).toBeLessThan(5000);
  });

  it("and no other group is touched", async () => {
    const bystander = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { detached: true });
    onTestFinished(() => void bystander.kill("SIGKILL"));
    await testExecution().run(toRequest(toStep([{ program: "leave-sleeper" }])));
    expect(isAlive(bystander.pid ?? 0)).toBe(true);
  });
});

describe("cancelling", () => {
  it("before the start starts nothing", async () => {
    const outcome = await testExecution().run(
      toRequest(toStep([{ program: "sleep" }]), { signal: AbortSignal.abort() }),
    );
    expect(outcome).toMatchObject({ ended: "cancelled", stages: [], stdout: "" });
  });

  it("lets a change that has started run to its end", async () => {
    const abort = new AbortController();
    const step = toStep([{ program: "close-stdin", effect: "write" }]);
    const running = testExecution().run(toRequest(step, { signal: abort.signal }));
    await soon(10);
    abort.abort();
    expect(await running).toMatchObject({ ended: "exited", stages: [{ exitCode: 0, answered: true }], stdout: "done" });
  });

  it("does not lift the limit of a change", async () => {
    const step = toStep([{ program: "ignore-term", effect: "destructive" }]);
    const outcome = await testExecution().run(toRequest(step, { timeoutMs: 800 }));
    expect(outcome).toMatchObject({ ended: "timed_out", stages: [{ signal: "SIGKILL" }] });
  });

  it("leaves no listener behind on the caller's signal", async () => {
    const abort = new AbortController();
    const added: string[] = [];
    const { signal } = abort;
    const add = signal.addEventListener.bind(signal);
    signal.addEventListener = (...parameters: Parameters<typeof add>) => {
      added.push(typeof parameters[2] === "object" && parameters[2].signal?.aborted === false ? "bound" : "unbound");
      add(...parameters);
    };
    await testExecution().run(toRequest(toStep([{ program: "echo-argv" }]), { signal }));
    expect(added).toEqual(["bound"]);
  });
});

describe("time", () => {
  it("is one limit over all stages", async () => {
    const step = toStep([{ program: "close-stdin" }, { program: "sleep", stdin: "stage" }]);
    const outcome = await testExecution().run(toRequest(step, { timeoutMs: 1500 }));
    expect(outcome.ended).toBe("timed_out");
    expect(outcome.stages.map(({ answered }) => answered)).toEqual([true, false]);
    expect(outcome.durationMs).toBeLessThan(4000);
  });
});

describe("output without end", () => {
  it("is ended, and head and tail are told apart by a marked cut", async () => {
    const outcome = await testExecution().run(toRequest(toStep([{ program: "flood" }]), { maxOutputBytes: 4096 }));
    expect(outcome).toMatchObject({
      ended: "exited",
      truncated: true,
      stages: [{ signal: "SIGKILL", truncated: true, answered: false }],
    });
    expect(Buffer.byteLength(outcome.stdout)).toBeLessThanOrEqual(4096);
    expect(outcome.stdout).toMatch(/^line 0\nline 1\n/);
    expect(outcome.stdout).toMatch(/\nline \d+\n\[\.\.\. \d+ bytes cut \.\.\.\]\nline \d+\n/);
    expect(outcome.stderr).toBe("node: killed: it printed without end\n");
  });

  it("that ends by itself below the ceiling is an answer, cut", async () => {
    const step = toStep([{ program: "flood", parameters: ["2000000"] }]);
    const outcome = await testExecution().run(toRequest(step, { maxOutputBytes: 1000 }));
    expect(outcome).toMatchObject({
      ended: "exited",
      truncated: true,
      stages: [{ exitCode: 0, truncated: true, answered: true }],
    });
    expect(outcome.stdout.endsWith("line 1999999\n")).toBe(true);
    const cut = Number(/(\d+) bytes cut/.exec(outcome.stdout)?.[1]);
    const marker = `\n[... ${cut} bytes cut ...]\n`;
    const total = Array.from({ length: 7 }, (_none, digits) => 9 * 10 ** digits * (digits + 1)).reduce(
      (sum, n) => sum + n,
      0,
    );
    // Digits of 0 … 9,999,999 are counted up to seven places; 2,000,000 lines end within the seventh.
    const digits = total - 9 * 10 ** 6 * 7 + 1_000_000 * 7 + 1;
    expect(cut + Buffer.byteLength(outcome.stdout) - marker.length).toBe(2_000_000 * "line \n".length + digits);
  });

  it("keeps the memory of the server bounded", async () => {
    const before = process.memoryUsage().rss;
    await testExecution().run(toRequest(toStep([{ program: "flood" }]), { maxOutputBytes: 4096 }));
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });
});
