// `ai-sre audit` as a person or a script runs it: on files that the log wrote, as a process of its own.
import { execFile, spawn } from "node:child_process";
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { auditShowCommand } from "../../src/cli/audit-show.ts";
import { auditVerifyCommand } from "../../src/cli/audit-verify.ts";
import { hashSecret } from "../../src/config/load.ts";
import type { AuditEvent } from "../../src/domain/ports.ts";
import { decision, linesOf, openLog, temporaryFolder } from "../audit/events.ts";

const main = path.resolve(import.meta.dirname, "../../src/main.ts");
const secret = "a secret key of the audit tests, long enough";
const intent = (callId: string): AuditEvent => ({ ...decision({ callId }), kind: "intent", tool: "kubectl_logs" });

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it to its end with AISRE_SECRET_KEY_FILE, unless `environment` says otherwise. */
async function run(folder: string, args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  const key = path.join(folder, "key");
  writeFileSync(key, `${secret}\n`);
  const env = { AISRE_SECRET_KEY_FILE: key, ...environment };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [main, "audit", ...args], { env })) };
  } catch (error) {
    if (!(error instanceof Error && "stdout" in error && "stderr" in error && "code" in error)) throw error;
    return { code: Number(error.code), stdout: String(error.stdout), stderr: String(error.stderr) };
  }
}

/** The same without a process of its own, where many are asked: a start takes a second. */
async function runHere(folder: string, [name, ...args]: readonly string[]): Promise<Pick<Ran, "code" | "stdout">> {
  const key = path.join(folder, "key");
  writeFileSync(key, `${secret}\n`);
  vi.stubEnv("AISRE_SECRET_KEY_FILE", key);
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await (name === "verify" ? auditVerifyCommand() : auditShowCommand()).parseAsync([...args], { from: "user" });
    return { code: Number(process.exitCode ?? 0), stdout: write.mock.calls.map(([text]) => String(text)).join("") };
  } finally {
    process.exitCode = 0;
    write.mockRestore();
    vi.unstubAllEnvs();
    process.stdout.removeAllListeners("error");
  }
}

async function written(file: string, ...events: readonly AuditEvent[]): Promise<readonly string[]> {
  const { log } = openLog(file, { secretKey: hashSecret(secret) });
  for (const event of events) await log.append(event);
  await log.close();
  return linesOf(file);
}

describe("audit verify", () => {
  it("says that one chain holds over files, and where it ends; exit code 0", async () => {
    using place = temporaryFolder();
    await written(place.file, { kind: "start" }, intent("call-1"));
    renameSync(place.file, `${place.file}.1`);
    await written(place.file, { kind: "start" }, decision({ callId: "call-2" }));
    const files = [`${place.file}.1`, place.file];
    const { code, stdout } = await run(place.folder, ["verify", ...files]);
    expect([code, stdout.split("\n")[0]]).toEqual([
      0,
      "ok: 4 records of 2 starts, one chain: nothing is missing between the first record and the last.",
    ]);
    expect(stdout).toMatch(/The last record is 4:[0-9a-f]{64}\nunknown: .* call call-1 step 0 kubectl_logs was begun/);
    const json: unknown = JSON.parse((await run(place.folder, ["verify", "--json", ...files])).stdout);
    expect(json).toMatchObject({
      ok: true,
      promise: "chained",
      records: 4,
      last: { seq: 4 },
      unknown: [{ call_id: "call-1", step_index: 0, argvs: [["kubectl", "get", "pods"]] }],
      segments: [
        { first_seq: 1, last_seq: 2 },
        { first_seq: 3, last_seq: 4 },
      ],
    });
  });

  it("names file, line and what is wrong with it; exit code 1", { timeout: 120_000 }, async () => {
    using place = temporaryFolder();
    const lines = await written(place.file, { kind: "start" }, decision(), decision(), { kind: "stop" });
    const verdictOf = async (variant: readonly string[]) => {
      writeFileSync(place.file, variant.map((line) => `${line}\n`).join(""));
      return run(place.folder, ["verify", place.file]);
    };
    const edited = await verdictOf(lines.map((line) => line.replace('"allow"', '"deny"')));
    expect([edited.code, edited.stdout.split("\n")[0]]).toEqual([1, `${place.file}:2: edited`]);
    expect((await verdictOf(lines.slice(1))).stdout).toContain(`${place.file}:1: removed\n`);
    const { stdout } = await run(place.folder, ["verify", "--partial", place.file]);
    expect(stdout).toContain("They begin at record 2; what was before is not here.");
  });

  it("knows a cut end by a head that was noted elsewhere, and goes on from one", async () => {
    using place = temporaryFolder();
    const lines = await written(place.file, { kind: "start" }, decision(), { kind: "stop" });
    const macOf = (index: number): string => /"mac":"(.*?)"/.exec(lines[index] ?? "")?.[1] ?? "";
    const verify = async (...options: readonly string[]) =>
      (await runHere(place.folder, ["verify", ...options, place.file])).code;
    expect(await verify("--head", `3:${macOf(2)}`)).toBe(0);
    writeFileSync(place.file, `${lines.slice(0, 2).join("\n")}\n`);
    expect(await verify()).toBe(0);
    expect(await verify("--head", `3:${macOf(2)}`)).toBe(1);
    writeFileSync(place.file, `${lines[2]}\n`);
    expect(await verify("--from", `2:${macOf(1)}`)).toBe(0);
    expect(await verify("--from", `1:${macOf(0)}`)).toBe(1);
  });

  it("passes over a container's other lines when it is told that there are some", async () => {
    using place = temporaryFolder();
    const lines = await written(place.file, { kind: "start" }, decision(), { kind: "stop" });
    writeFileSync(place.file, lines.map((line) => `{"level":"info"}\n${line}\n`).join(""));
    expect((await runHere(place.folder, ["verify", place.file])).stdout).toContain(":1: inserted");
    expect((await runHere(place.folder, ["verify", "--mixed", place.file])).code).toBe(0);
  });

  it("checks records of an earlier key when it is given too", async () => {
    using place = temporaryFolder();
    await written(place.file, { kind: "start" });
    const earlier = path.join(place.folder, "earlier");
    writeFileSync(earlier, secret);
    const other = path.join(place.folder, "other");
    writeFileSync(other, "another secret key, just as long as that one");
    const environment = { AISRE_SECRET_KEY_FILE: other };
    const refused = await run(place.folder, ["verify", place.file], environment);
    expect([refused.code, refused.stdout.split("\n")[0]]).toEqual([1, `${place.file}:1: other key`]);
    expect((await run(place.folder, ["verify", place.file, "--key-file", earlier], environment)).code).toBe(0);
  });

  it.each([
    ["without a key", ["verify", "audit.jsonl"], { AISRE_SECRET_KEY_FILE: "" }, "AISRE_SECRET_KEY_FILE is not set"],
    ["of a file that is not there", ["verify", "nowhere.jsonl"], {}, "cannot read: ENOENT"],
    ["of no file", ["verify"], {}, "missing required argument"],
    ["with a head that is none", ["verify", "x", "--head", "7"], {}, "--head: 7 is not SEQ:MAC"],
  ])("%s ends with exit code 2", async (_what, args, environment, words) => {
    using place = temporaryFolder();
    const { code, stderr } = await run(place.folder, args, environment);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe("audit show", () => {
  async function shown(folder: string, ...args: readonly string[]): Promise<readonly string[]> {
    const { code, stdout, stderr } = await run(folder, ["show", ...args]);
    expect([code, stderr]).toEqual([0, ""]);
    return stdout.split("\n").filter(Boolean);
  }

  it("prints a table of whole lines when nobody's terminal is there, and nothing that a terminal would obey", async () => {
    using place = temporaryFolder();
    const reasons = [{ rule: "kubectl/no-secrets", message: "never \u001b[2J \u202e" }];
    await written(place.file, decision(), decision({ callId: "call-2", effect: "deny", code: "denied", reasons }));
    const [head, first, second] = await shown(place.folder, place.file);
    expect(head).toMatch(/^TIME {2,}CALL {2,}PRINCIPAL {2,}TOOL {2,}KIND {2,}CODE {2,}WHAT$/);
    expect(first).toMatch(
      /^2026-01-01T00:00:01Z {2}call-1 .* n8n .* kubectl_get .* decision {2,}ok {2,}kubectl get pods$/,
    );
    expect(second).toContain("kubectl/no-secrets: never \\u{1b}[2J \\u{202e}");
  });

  it("filters by time, principal, tool, outcome and call", async () => {
    using place = temporaryFolder();
    const other = { id: "carol", roles: ["viewer"], authenticatedBy: "bearer" } as const;
    const lines = await written(
      place.file,
      decision({ callId: "call-1" }),
      decision({ callId: "call-2", principal: other, effect: "deny", code: "denied" }),
      intent("call-3"),
      decision({ callId: "call-4", code: "not_understood" }),
    );
    const found = async (...options: readonly string[]) => {
      const { stdout } = await runHere(place.folder, ["show", "--json", ...options, place.file]);
      return stdout.split("\n").flatMap((line) => (line === "" ? [] : [lines.indexOf(line)]));
    };
    expect(await found()).toEqual([0, 1, 2, 3]);
    expect(await found("--since", "2026-01-01T00:00:02Z", "--until", "2026-01-01T00:00:03Z")).toEqual([1, 2]);
    expect(await found("--since", "2h")).toEqual([]);
    expect(await found("--principal", "carol")).toEqual([1]);
    expect(await found("--tool", "kubectl_logs")).toEqual([2]);
    expect(await found("--outcome", "not_understood")).toEqual([3]);
    expect(await found("--outcome", "denied")).toEqual([1, 3]);
    expect(await found("--call-id", "call-1")).toEqual([0]);
    expect(await found("--outcome", "unknown")).toEqual([2]);
  });

  it("refuses a time and an outcome that are none, with exit code 2", { timeout: 120_000 }, async () => {
    using place = temporaryFolder();
    expect(await run(place.folder, ["show", "--since", "yesterday", "x"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("yesterday is no time"),
    });
    expect((await run(place.folder, ["show", "--outcome", "bad", "x"])).code).toBe(2);
    expect((await run(place.folder, ["show"])).stderr).toContain("name a file, or set AISRE_AUDIT_FILE");
  });

  it("follows the file over a rotation", async () => {
    using place = temporaryFolder();
    await written(place.file, decision({ callId: "call-1" }));
    const child = spawn(process.execPath, [main, "audit", "show", "--follow", "--json", place.file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string> => String((await lines.next()).value);
    expect(await next()).toContain("call-1");
    const { log } = openLog(place.file);
    await log.append(decision({ callId: "call-2" }));
    expect(await next()).toContain("call-2");
    renameSync(place.file, `${place.file}.1`);
    appendFileSync(`${place.file}.1`, "");
    await log.append(decision({ callId: "call-3" }));
    expect(await next()).toContain("call-3");
    await log.close();
    child.kill("SIGTERM");
    expect(readFileSync(`${place.file}.1`, "utf8")).toContain("call-2");
  });
});
