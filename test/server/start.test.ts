// What stops the program at start: one clear error, exit code 2, nothing left behind. The real process every time.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StartErrorCode } from "../../src/errors.ts";
import { serverKey, startRefused, startServer } from "../helpers/server.ts";

const root = path.resolve(import.meta.dirname, "../..");
const build = path.join(root, "policies/build");

describe("the server refuses to start", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "aisre-start-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const inside = (name: string): string => path.join(folder, name);
  const copyOfBundle = (name: string): string => {
    cpSync(build, inside(name), { recursive: true });
    return inside(name);
  };

  /** Refused with exit code 2, the words of the code, and the given text. */
  const expectRefusal = async (code: StartErrorCode, text: string, settings: Readonly<Record<string, string>>) => {
    const { code: exitCode, stderr } = await startRefused(settings);
    expect(stderr).toContain(`ai-sre: ${code.replaceAll("_", " ")}`);
    expect(stderr).toContain(text);
    expect(stderr).not.toMatch(/^\s+at .*\.ts:\d+/m);
    expect(exitCode).toBe(2);
  };

  it("without the policy bundle", async () => {
    await expectRefusal("policy_missing", inside("nothing/manifest.json"), { AISRE_POLICY: inside("nothing") });
  });

  it("with a policy that was cut", async () => {
    const bundle = copyOfBundle("cut");
    truncateSync(path.join(bundle, "policy.wasm"), 1000);
    await expectRefusal("policy_missing", path.join(bundle, "policy.wasm"), { AISRE_POLICY: bundle });
  });

  it("with a policy that has another entrypoint", async () => {
    const bundle = copyOfBundle("entrypoint");
    const other = readFileSync(path.join(root, "test/policy/fixtures/scripted/policy.wasm"));
    // A module that works, under another name: only what it is asked differs.
    const renamed = Buffer.from(other.toString("latin1").replaceAll("aisre/authz", "aisre/other"), "latin1");
    writeFileSync(path.join(bundle, "policy.wasm"), renamed);
    const manifest = JSON.parse(readFileSync(path.join(bundle, "manifest.json"), "utf8"));
    manifest.outputs["policy.wasm"] = createHash("sha256").update(renamed).digest("hex");
    writeFileSync(path.join(bundle, "manifest.json"), JSON.stringify(manifest));
    await expectRefusal("policy_missing", "has no entrypoint aisre/authz/decision", { AISRE_POLICY: bundle });
  });

  it("when the audit cannot be written", async () => {
    const missing = inside("no/such/folder/audit.jsonl");
    await expectRefusal("audit_unwritable", missing, { AISRE_AUDIT_FILE: missing });
    mkdirSync(inside("audit-is-a-folder"));
    await expectRefusal("audit_unwritable", "AISRE_AUDIT_FILE", { AISRE_AUDIT_FILE: inside("audit-is-a-folder") });
    writeFileSync(inside("letter.txt"), "Dear all,\n");
    await expectRefusal("audit_unwritable", "something else", { AISRE_AUDIT_FILE: inside("letter.txt") });
    expect(readFileSync(inside("letter.txt"), "utf8")).toBe("Dear all,\n");
  });

  it("on a port that is taken, and the audit knows that it ended", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => {
      taken.listen(0, "127.0.0.1", resolve);
    });
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const settings = { MCP_SERVER_PORT: `${port}`, AISRE_AUDIT_FILE: inside("port.jsonl") };
    await expectRefusal("port_in_use", `port ${port} on 127.0.0.1 is taken`, settings);
    const kinds = readFileSync(inside("port.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).kind);
    expect(kinds).toEqual(["start", "stop"]);
    taken.close();
  });

  it("on an address that others can reach, without credentials", async () => {
    await expectRefusal("insecure_bind", "MCP_API_KEY", { MCP_SERVER_HOST: "0.0.0.0" });
  });

  it("with every problem of the configuration at once", async () => {
    const settings = { MCP_SERVER_PORT: "eighty", MCP_API_KEY: "short", KUBECONFIG: "/nowhere" };
    const { stderr } = await startRefused(settings);
    expect(stderr).toContain("MCP_SERVER_PORT");
    expect(stderr).toContain("MCP_API_KEY");
    await expectRefusal("invalid_configuration", "/nowhere", { KUBECONFIG: "/nowhere", MCP_API_KEY: serverKey });
  });
});

describe("the server starts", () => {
  it("without a cluster and without kubectl: what is missing is told, not fatal", async () => {
    const server = await startServer({ AISRE_TOOL_PATH: "/nowhere" });
    try {
      const health = await fetch(`${server.base}/health`, { headers: { authorization: `Bearer ${server.key}` } });
      expect(health.status).toBe(200);
      expect(await health.json()).toMatchObject({
        status: "degraded",
        tools: { jq: { available: false, reason: "jq is not installed" }, kubectl: { available: false } },
      });
      expect((await fetch(`${server.base}/readyz`)).status).toBe(200);
      const open = await fetch(`${server.base}/health`);
      expect(await open.json()).toEqual({ status: "degraded" });
    } finally {
      await server.close();
    }
  });
});
