// `ai-sre call` as a person at a terminal sees it: what is printed, and exit codes that a script can rely on.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resultSchema } from "../../src/mcp/result-schema.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

const main = path.resolve(import.meta.dirname, "../../src/main.ts");

const aiSre = (...parameters: readonly string[]) => aiSreIn({}, ...parameters);

async function aiSreIn(env: Readonly<Record<string, string>>, ...parameters: readonly string[]) {
  const child = spawn(process.execPath, [main, ...parameters], { env, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (data: Buffer) => (said.stdout += data.toString("utf8")));
  child.stderr.on("data", (data: Buffer) => (said.stderr += data.toString("utf8")));
  const [code] = await once(child, "close");
  return { code, ...said };
}

describe("ai-sre call", () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  const call = (...parameters: readonly string[]) =>
    aiSre("call", ...parameters, "--key", server.key, "--url", server.url);
  const sorted = ["cli_tool", "command=sort", "stdin=b\na\n"];

  it("prints the text of a result and ends with 0, over either door", async () => {
    const [http, webSocket] = await Promise.all([
      call(...sorted),
      aiSre("call", ...sorted, "--key", server.key, "--url", server.wsUrl),
    ]);
    for (const { code, stdout, stderr } of [http, webSocket]) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain("\na\nb\n");
    }
  });

  it("prints the structured result with --json, reads values by the tool's schema, and ends with 1 for a refusal", async () => {
    const { code, stdout } = await call("cli_tool", 'argv=["kubectl","get","secrets"]', "timeout_seconds=5", "--json");
    expect(code).toBe(1);
    expect(resultSchema.parse(JSON.parse(stdout))).toMatchObject({ code: "denied" });
  });

  it.each([
    ["a value that is not JSON where JSON is wanted", ["kubectl_logs", "name=web-1", "tail=many"], "tail: 'many'"],
    ["what is not key=value", ["kubectl_get", "pods"], "'pods' is not key=value"],
    ["a name that the protocol refuses", ["x".repeat(200)], "no result from http://"],
  ])("ends with 2, in one line, for %s", async (_what, parameters, words) => {
    const { code, stdout, stderr } = await call(...parameters);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain("    at ");
  });

  it.each([
    ["a path that is not there", () => ["--key", server.key, "--url", `${server.wsUrl}x`]],
    ["an address that is none", () => ["--url", "nonsense"]],
  ])("ends with 2 and says that it cannot connect, with %s", async (_what, options) => {
    const { code, stdout, stderr } = await aiSre("call", "health_check", ...options());
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^cannot connect to /);
    expect(stderr).not.toContain("    at ");
  });

  it.each([
    ["no key", (): readonly string[] => [], "wants a key, and none was given:"],
    ["a wrong key", () => ["--key", "another-key-of-sixteen"], "refused the key: give a valid one by"],
  ])("says with %s what is wrong and how to give another, at either door", async (_what, options, words) => {
    const doors = [server.url, server.wsUrl];
    const said = await Promise.all(doors.map((url) => aiSre("call", "health_check", ...options(), "--url", url)));
    for (const [door, { code, stdout, stderr }] of said.entries()) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr.split("\n")[0]).toBe(`${doors[door]} ${words} --key-file FILE, --key KEY, or MCP_API_KEY`);
    }
  });

  it("takes the key from a file or from the server's own variables, and never from two options", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-key-"));
    const [good, empty] = [path.join(folder, "key"), path.join(folder, "empty")];
    writeFileSync(good, `${server.key}\n`);
    writeFileSync(empty, "\n");
    const ask = ["call", "health_check", "--url", server.url];
    try {
      const ended = await Promise.all([
        aiSre(...ask, "--key-file", good),
        aiSreIn({ MCP_API_KEY: server.key }, ...ask),
        aiSreIn({ MCP_API_KEY_FILE: good }, ...ask),
        aiSreIn({ MCP_API_KEY: "another-key-of-sixteen" }, ...ask, "--key-file", good),
        aiSre(...ask, "--key-file", empty),
        aiSre(...ask, "--key-file", path.join(folder, "none")),
        aiSre(...ask, "--key-file", good, "--key", server.key),
        aiSreIn({ MCP_API_KEY_FILE: path.join(folder, "none") }, ...ask),
      ]);
      expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0, 2, 2, 2, 2]);
      expect(ended.slice(4).map(({ stderr }) => stderr)).toEqual([
        expect.stringContaining("empty is empty"),
        expect.stringContaining("--key-file: cannot read"),
        expect.stringContaining("not both"),
        expect.stringContaining("MCP_API_KEY_FILE: cannot read"),
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("keeps the key of the environment from a plain address of another machine", async () => {
    const url = "http://192.0.2.1:8080/mcp/http";
    const { code, stderr } = await aiSreIn({ MCP_API_KEY: server.key }, "call", "health_check", "--url", url);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`is not sent to ${url}`) });
  });
});
