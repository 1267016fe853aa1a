// Execution as the server composes it: binaries that were found, private folders that go away, and a real kubectl.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { composeExecution } from "../../src/compose/execution.ts";
import { clock, never, openGate, toCall } from "./setup.ts";

const tools = path.resolve(import.meta.dirname, "../../.tools/bin");
const hasKubectl = existsSync(path.join(tools, "kubectl"));
const serverUrl = "https://github.com";
const limits = {
  sandbox: "off" as const,
  helperPath: [],
  toolPath: [tools, "/usr/bin", "/bin"],
  maxConcurrency: 2,
  maxQueue: 2,
};

/** An empty folder in which the server's own folders are made. */
function temporary(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-compose-"));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  const inner = path.join(folder, "tmp");
  mkdirSync(inner);
  vi.stubEnv("TMPDIR", inner);
  return inner;
}

/** A kubeconfig for an API server that is not there. */
function kubeconfig(folder: string, port: number): string {
  const file = path.join(folder, "../kubeconfig.yaml");
  const cluster = { server: `http://127.0.0.1:${port}` };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "lab",
    contexts: [{ name: "lab", context: { cluster: "lab", user: "nobody" } }],
    clusters: [{ name: "lab", cluster }],
    users: [{ name: "nobody", user: {} }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("composed execution", () => {
  it("has no kubectl without a cluster, says why, and leaves no folder behind", async () => {
    const folder = temporary();
    const execution = await composeExecution(limits, { clock, serverUrl });
    expect(readdirSync(folder)).toHaveLength(1);
    expect(execution.availability("kubectl")).toEqual({
      available: false,
      reason: "no cluster is configured: set KUBECONFIG, or run in a pod with a service account",
    });
    expect(execution.availability("sh")).toMatchObject({ available: false });
    expect(execution.binaries.has("grep")).toBe(true);
    expect(execution.context).toBe("");
    execution.abandon();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("leaves no folder behind when the kubeconfig cannot be used", async () => {
    const folder = temporary();
    await expect(
      composeExecution({ ...limits, kubeconfig: "/nonexistent/kubeconfig" }, { clock, serverUrl }),
    ).rejects.toMatchObject({
      code: "invalid_configuration",
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.runIf(hasKubectl)("makes a call to an API server that is gone cluster_unreachable", async () => {
    const folder = temporary();
    const config = { ...limits, kubeconfig: kubeconfig(folder, await closedPort()) };
    const execution = await composeExecution(config, { clock, serverUrl });
    onTestFinished(() => execution.abandon());
    expect(execution.context).toBe("lab");
    const { gate } = openGate({ replace: () => ({ execution }) });
    const outcome = await gate.call(toCall("kubectl_get", { resource: "pods" }), never());
    expect(outcome).toMatchObject({ code: "cluster_unreachable", outcome: "unavailable" });
    expect(outcome.stderr).toMatch(/^kubectl: /);
  });
});
