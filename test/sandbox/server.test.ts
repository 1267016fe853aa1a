// The escape suite through a whole server with its policy wide open: a caller on a socket, a test policy that allows everything,
// and a tool, here only, that runs a raw argv under the name of one of the programs. Grammar and policy hold nothing then; that
// what remains does shows that each profile reaches the walls of its own process.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { composeServer, type Server } from "../../src/compose.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { SandboxMode, SandboxProfile } from "../../src/domain/sandbox.ts";
import { readAnswer } from "../helpers/answer.ts";
import { type AnyClient, clientKind } from "../helpers/clients.ts";
import { sha256 } from "../policy/setup.ts";
import { attempts, forbidden } from "./attempts.ts";
import { boxFile, escape, missing } from "./setup.ts";
import { type OpenTargets, openTargets } from "./targets.ts";

vi.mock(import("../../src/tools/catalog.ts"), async (original) => {
  const { rawTools } = await import("./raw-tools.ts");
  const { catalog, findTool, ...rest } = await original();
  const find = (name: string) => rawTools.find((tool) => tool.name === name) ?? findTool(name);
  return { ...rest, catalog: [...catalog, ...rawTools], findTool: find };
});
vi.mock(import("../../src/command/understand.ts"), async (original) => {
  const { rawPlan } = await import("./raw-tools.ts");
  const { understand, ...rest } = await original();
  return { ...rest, understand: (draft, settings) => rawPlan(draft) ?? understand(draft, settings) };
});

const key = "raw-operator-key-0123456789";

describe.skipIf(missing !== undefined)("a server whose policy allows everything", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-raw-"));
  let targets: OpenTargets;
  let boxed: Opened;
  let free: Opened;

  beforeAll(async () => {
    targets = await openTargets();
    [boxed, free] = [await openServer(folder, "require"), await openServer(folder, "off")];
  });
  afterAll(async () => {
    for (const opened of [boxed, free]) await opened?.close();
    targets?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each([
    ["cat", "text", "text"],
    ["kubectl", "kubectl", "talker"],
    ["curl", "curl", "talker"],
    ["git", "git", "git"],
    ["gh", "gh", "gh"],
  ] as const)("and that runs anything as %s", (binary, profile, kind) => {
    it.for(attempts[kind])("holds one that %s", async ([, words], { skip }) => {
      const open = targets.at();
      const before = await free.run(binary, profile, words(open));
      if (forbidden.test(before.stdout)) return skip();
      expect(before).toMatchObject({ stdout: expect.stringMatching(/^ESCAPED/) });
      const at = targets.at();
      const after = await boxed.run(binary, profile, words(at));
      expect(after).toMatchObject({ stdout: expect.stringMatching(/^held: /), code: "exited" });
      const markers = [path.join(at.granted, "marker"), path.join(at.outside, "marker")];
      expect(markers.filter(existsSync)).toEqual([]);
    });
  });

  it("has written down each of them, and none of them hid", () => {
    const lines = readFileSync(path.join(folder, "require.jsonl"), "utf8");
    const recorded = lines.split("\n").filter((line) => line.includes('"kind":"outcome"'));
    expect(recorded.length).toBeGreaterThan(100);
    expect(recorded.filter((line) => !line.includes('"usage":'))).toEqual([]);
  });
});

interface Opened {
  readonly run: (
    binary: string,
    profile: SandboxProfile,
    words: readonly string[],
  ) => Promise<{ readonly stdout: string; readonly code: string }>;
  readonly close: () => Promise<void>;
}

async function openServer(folder: string, sandbox: SandboxMode): Promise<Opened> {
  const [tools, policy] = [path.join(folder, `tools-${sandbox}`), path.join(folder, `policy-${sandbox}`)];
  for (const place of [tools, policy]) mkdirSync(place);
  for (const name of ["cat", "kubectl", "git", "gh", "curl"]) copyFileSync(escape, path.join(tools, name));
  copyFileSync(boxFile, path.join(tools, "box"));
  writeOpenPolicy(policy);
  const kubeconfig = path.join(folder, "kubeconfig");
  writeFileSync(kubeconfig, JSON.stringify(nowhere));
  const server: Server = await composeServer(
    loadConfig({
      MCP_SERVER_PORT: "0",
      MCP_API_KEY: key,
      LOG_LEVEL: "fatal",
      AISRE_SANDBOX: sandbox,
      AISRE_TOOL_PATH: tools,
      AISRE_POLICY: policy,
      AISRE_AUDIT_FILE: path.join(folder, `${sandbox}.jsonl`),
      KUBECONFIG: kubeconfig,
    }),
  );
  const { port } = await server.listen();
  const base = `http://127.0.0.1:${port}`;
  const place = { url: `${base}/mcp/http`, wsUrl: `ws://127.0.0.1:${port}/mcp`, key };
  const client: AnyClient = await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(place);
  return {
    run: async (binary, profile, words) => {
      const { structuredContent } = await client.call(`raw_${profile}`, { binary, words });
      const { stdout, code } = readAnswer(structuredContent);
      return { stdout: stdout ?? "", code };
    },
    close: async () => {
      await client.close();
      await server.stop(0);
    },
  };
}

/** Real WASM that answers what stands in its data: every raw tool is allowed, in the walls of its name. */
function writeOpenPolicy(folder: string): void {
  const committed = path.resolve(import.meta.dirname, "../../policies/build/data.json");
  const wasm = readFileSync(path.resolve(import.meta.dirname, "../policy/fixtures/scripted/policy.wasm"));
  const allowed = (sandbox: string) => ({
    effect: "allow",
    rules: ["test/open"],
    obligations: { timeout_ms: 20_000, max_output_bytes: 10_000, redact: [], sandbox },
  });
  const answers = Object.fromEntries(
    ["text", "kubectl", "git", "gh", "curl"].map((profile) => [`raw_${profile}`, allowed(profile)]),
  );
  const denied = { effect: "deny", reasons: [{ rule: "test/no", message: "no" }] };
  const { site: shipped }: { site?: object } = JSON.parse(readFileSync(committed, "utf8"));
  // More attempts than an agent may make in a minute.
  const site = { ...shipped, rate_limit: { per_principal: "9999/1m", burst: 9999 } };
  const data = JSON.stringify({ answers: { ...answers, health_check: allowed("text"), kubectl_get: denied }, site });
  writeFileSync(path.join(folder, "policy.wasm"), wasm);
  writeFileSync(path.join(folder, "data.json"), data);
  const outputs = { "policy.wasm": sha256(wasm), "data.json": sha256(data) };
  writeFileSync(path.join(folder, "manifest.json"), JSON.stringify({ outputs }));
}

/** A cluster that nobody has to reach. */
const nowhere = {
  apiVersion: "v1",
  kind: "Config",
  "current-context": "nowhere",
  contexts: [{ name: "nowhere", context: { cluster: "nowhere", user: "nobody" } }],
  clusters: [{ name: "nowhere", cluster: { server: "http://127.0.0.1:1" } }],
  users: [{ name: "nobody", user: { token: "nothing-of-value" } }],
};
