// `ai-sre call` as a person at a terminal sees it: what is printed, and exit codes that a script can rely on.
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resultSchema } from "../../src/mcp/result-schema.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

const main = path.resolve(import.meta.dirname, "../../src/main.ts");

async function aiSre(...parameters: readonly string[]) {
  const child = spawn(process.execPath, [main, ...parameters], { env: {}, stdio: ["ignore", "pipe", "pipe"] });
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
    ["a wrong key", () => ["--key", "another-key-of-sixteen", "--url", server.url]],
    ["a path that is not there", () => ["--key", server.key, "--url", `${server.wsUrl}x`]],
    ["an address that is none", () => ["--url", "nonsense"]],
  ])("ends with 2 and says that it cannot connect, with %s", async (_what, options) => {
    const { code, stdout, stderr } = await aiSre("call", "health_check", ...options());
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^cannot connect to /);
    expect(stderr).not.toContain("    at ");
  });
});
