// The bundle that the image holds does what the sources do: same health, same answers through both doors, and OpenTelemetry
// stays on disk until it is asked for.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bundle } from "../../image/bundle.ts";
import { clientKind } from "../helpers/clients.ts";
import { startCollector } from "../helpers/otlp.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

const root = path.resolve(import.meta.dirname, "../..");
const settings = { AISRE_TOOL_PATH: `${root}/.tools/bin:/usr/local/bin:/usr/bin:/bin` };

describe("the bundle", () => {
  let folder: string;
  let main: string;
  beforeAll(async () => {
    // Away from the checkout, where no node_modules is found.
    folder = mkdtempSync(path.join(tmpdir(), "aisre-bundle-"));
    await bundle(folder);
    main = path.join(folder, "dist/server/ai-sre.mjs");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What both servers answer for this work, in this order: from the bundle, from the sources. */
  async function both<Answer>(work: (server: ServerProcess) => Promise<Answer>): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (const entry of [[main, "serve"], undefined]) {
      const server = await startServer(settings, entry);
      try {
        answers.push(await work(server));
      } finally {
        await server.close();
      }
    }
    return answers;
  }

  it("answers /health as the sources do, with every binary and the policy's revision", async () => {
    const [bundled, source] = await both(async ({ base, key }) => {
      const response = await fetch(`${base}/health`, { headers: { authorization: `Bearer ${key}` } });
      return { status: response.status, report: await response.text() };
    });
    expect(bundled?.report).toContain("policy_revision");
    expect(bundled?.report).toContain('"jq"');
    expect(steady(bundled?.report)).toEqual(steady(source?.report));
    expect(bundled?.status).toBe(source?.status);
  });

  it.each(["SDK 1.26 as n8n embeds it, over HTTP, 2025-11-25", "SDK 1.32.2 over WebSocket, 2025-11-25"])(
    "answers calls as the sources do: %s",
    async (kind) => {
      const [bundled, source] = await both(async (server) => {
        const client = await clientKind(kind).connect(server);
        const line = async (command: string) => {
          const { structuredContent } = await client.call("cli_tool", { command, stdin: "b\na\na\n" });
          return steady(JSON.stringify(structuredContent));
        };
        const answers = [await line("sort | uniq -c"), await line("kubectl get secrets"), await line("sed 1e")];
        await client.close();
        return answers;
      });
      expect(JSON.stringify(bundled)).toMatch(/succeeded.*denied.*denied/);
      expect(bundled).toEqual(source);
    },
  );

  it("loads OpenTelemetry only when it is asked for, and sends spans then", async () => {
    /** The bundle's files that the process loaded, by the list that V8's own coverage writes at the end. */
    const loaded = async (more: Readonly<Record<string, string>>): Promise<readonly string[]> => {
      const coverage = path.join(folder, "coverage");
      const server = await startServer({ ...settings, NODE_V8_COVERAGE: coverage, ...more }, [main, "serve"]);
      const client = await clientKind("SDK 1.26 as n8n embeds it, over HTTP, 2025-11-25").connect(server);
      await client.call("cli_tool", { command: "sort", stdin: "a" });
      await client.close();
      await server.close();
      const text = readdirSync(coverage).map((file) => readFileSync(path.join(coverage, file), "utf8"));
      rmSync(coverage, { recursive: true });
      const names = [...text.join("").matchAll(/dist\/server\/([\w.-]+\.mjs)"/g)].map(([, name]) => name ?? "");
      return [...new Set(names)];
    };
    const withSdk = readdirSync(path.dirname(main)).filter((name) =>
      readFileSync(path.join(path.dirname(main), name), "utf8").includes("NodeSDK"),
    );
    expect(withSdk).toHaveLength(1);
    const without = await loaded({});
    expect(without).toContain("ai-sre.mjs");
    expect(without).not.toContain(withSdk[0]);
    const collector = await startCollector();
    const traced = await loaded({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    });
    await collector.close();
    expect(traced).toContain(withSdk[0]);
    expect(collector.spans.map(({ name }) => name)).toContain("tools/call cli_tool");
  });

  it("finds the code of its threads: a bundle of one's own is tried out before it serves", async () => {
    const policy = path.join(root, "policies/build");
    const server = await startServer({ ...settings, AISRE_POLICY: policy, AISRE_POLICY_SHADOW: policy }, [
      main,
      "serve",
    ]);
    try {
      await vi.waitFor(
        () => expect(server.stderr()).toContain("a shadow policy is asked beside the one in force"),
        20_000,
      );
    } finally {
      await server.close();
    }
  });

  it("tells by its health check whether the server in the same container is ready", async () => {
    const check = (port: string) =>
      spawnSync(process.execPath, [path.join(folder, "dist/server/healthcheck.mjs")], {
        env: { MCP_SERVER_PORT: port },
      }).status;
    const server = await startServer(settings, [main, "serve"]);
    const { port } = new URL(server.base);
    const serving = check(port);
    await server.close();
    expect([serving, check(port)]).toEqual([0, 1]);
  });
});

/** Without what no two processes have in common: ids, times, durations, measured loads. */
function steady(json: string | undefined): unknown {
  return JSON.parse(json ?? "null", (key, value: unknown) =>
    /(_id|_ms|_at|id|mac|time|uptime.*|usage)$/.test(key) ? 0 : value,
  );
}
