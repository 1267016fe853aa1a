// The leak hunt: a canary in every place where a credential lies, in the server's configuration and in the cluster, and then
// calls of every kind through every door. Afterwards no canary is in anything that leaves the server or is left by it. Once in the
// open, with programs that note what they were given; then behind the walls, with each way into a cluster in turn.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startSimulatedCluster } from "../../demo/cluster/start.ts";
import { bare, canaryFor, carried } from "../helpers/canary.ts";
import { hasOpenssl, makeCertificates } from "../helpers/certificates.ts";
import { type AnyClient, clientKind, stdioKinds } from "../helpers/clients.ts";
import { openGitServer, token as gitToken } from "../helpers/git-server.ts";
import { startCollector } from "../helpers/otlp.ts";
import { filesBelow } from "../helpers/planted.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";
import { startTlsFront } from "../helpers/tls-front.ts";
import { watchChildren } from "../helpers/watch-children.ts";
import { watchTools } from "../helpers/watched-tools.ts";
import { missing } from "../sandbox/setup.ts";
import { hasGit } from "../workspace/setup.ts";
import { calls, fewCalls } from "./leak-calls.ts";
import { logins } from "./leak-logins.ts";
import { kubectl, makeObjects, plant } from "./leak-objects.ts";

/** How often children are looked at, milliseconds. */
const lookMs = 4;

interface Hunt {
  readonly login: string;
  /** Noting programs and no walls, or real ones behind them. */
  readonly sandbox: "off" | "require";
  readonly githubToken: "variable" | "file";
}

type Place = readonly [place: string, text: string];

describe.skipIf(!hasGit || !hasOpenssl || !existsSync(kubectl))(
  "the leak hunt finds no canary where it does not belong",
  () => {
    it("in the open, by every door", { timeout: 600_000 }, async () => {
      const ground = await openGround({ login: "a token", sandbox: "off", githubToken: "variable" });
      const { server, ask, slots } = ground;
      const place = { ...server, key: slots.key.value };
      const some = calls.filter((_call, index) => index % 3 === 0);
      await ask(await clientKind("SDK 1.32.2 over WebSocket, 2025-11-25").connect(place), calls);
      await ask(await clientKind("v2 client over HTTP, 2026-07-28").connect(place), some);
      const other = { ...server, key: slots.principal.value };
      await ask(await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(other), some.slice(0, 6));
      const [overStdio] = stdioKinds;
      if (overStdio !== undefined) await ask(await overStdio.connect(place), some.slice(0, 8));
      const refusals = await refusedCalls(server, slots);
      const { codes, places, spans } = await ground.end();

      // It was a hunt: calls ran, were refused and failed, programs ran, records and spans came.
      for (const code of ["ok", "denied", "not_understood", "exited", "timed_out", "invalid_arguments"])
        expect([...codes], code).toContain(code);
      expect(spans).toBeGreaterThan(20);
      expect(programsIn(places).size).toBeGreaterThan(5);
      expect(leaks([...places, ...refusals], ground.canaries)).toEqual([]);
    });

    it.skipIf(missing !== undefined).each(Object.keys(logins))(
      "behind the walls, with %s",
      { timeout: 300_000 },
      async (login) => {
        const ground = await openGround({ login, sandbox: "require", githubToken: "file" });
        const place = { ...ground.server, key: ground.slots.key.value };
        await ground.ask(await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(place), fewCalls);
        const { codes, places } = await ground.end();

        expect([...codes]).toEqual(expect.arrayContaining(["ok", "denied"]));
        // Seen while they ran, behind the walls and before them.
        expect([...programsIn(places)]).toEqual(expect.arrayContaining(["box", "kubectl", "git"]));
        expect(leaks(places, ground.canaries)).toEqual([]);
      },
    );
  },
);

/** Programs of which arguments or environment were seen. */
const programsIn = (places: readonly Place[]): ReadonlySet<string> =>
  new Set(places.flatMap(([place]) => /^(?:arguments|environment) of (.+)$/.exec(place)?.[1] ?? []));

function leaks(places: readonly Place[], canaries: Parameters<typeof carried>[1]): readonly string[] {
  const hunted = canaries.map(bare);
  const found = places.flatMap(([place, text]) => carried(text, hunted).map((what) => `${place}: ${what}`));
  return [...new Set(found)];
}

/** A server with a canary in each of its slots, the cluster and the forge that it talks to, and everything that comes of it. */
async function openGround({ login: loginName, sandbox, githubToken }: Hunt) {
  const root = mkdtempSync(path.join(tmpdir(), "ai-sre-leaks-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [runs, held] = [path.join(root, "runs"), path.join(root, "held")];
  for (const folder of [runs, held]) mkdirSync(folder);

  const certificates = makeCertificates();
  const cluster = await startSimulatedCluster();
  onTestFinished(() => cluster.stop());
  const address = /http:\/\/[^\s"]+/.exec(readFileSync(cluster.kubeconfig, "utf8"))?.[0] ?? "";
  const front = await startTlsFront(address, certificates);
  const login = logins[loginName]?.({ held, certificates });
  if (login === undefined) throw new Error(`no such login: ${loginName}`);

  const slots = {
    key: canaryFor("MCP_API_KEY"),
    approver: canaryFor("MCP_APPROVER_KEY"),
    principal: canaryFor("key of a principal"),
    secretKey: canaryFor("secret key"),
    otherToken: canaryFor("token of a context that is not used"),
    wrongKey: canaryFor("a wrong key"),
    keyInUrl: canaryFor("a key in the URL"),
  };
  const objects = makeObjects();
  const principalHash = createHash("sha256").update(slots.principal.value).digest("hex");
  const canaries = [
    plant(cluster.kubeconfig, objects),
    ...login.canaries,
    ...Object.values(slots),
    ...Object.values(objects),
    { slot: "GITHUB_TOKEN", value: gitToken },
    { slot: "hash of a principal's key", value: principalHash },
    { slot: "the cluster's path", value: new URL(address).pathname.slice(1) },
  ];

  const file = (name: string, text: string): string => {
    writeFileSync(path.join(held, name), text, { mode: 0o600 });
    return path.join(held, name);
  };
  const api = `https://127.0.0.1:${front.port}`;
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "hunted",
    contexts: [{ name: "hunted", context: { cluster: "hunted", user: "hunted", namespace: "default" } }],
    clusters: [{ name: "hunted", cluster: { server: api, "certificate-authority": certificates.at("ca.pem") } }],
    users: [
      { name: "hunted", user: login.user ?? {} },
      { name: "other", user: { token: slots.otherToken.value } },
    ],
  };
  const remote = await openGitServer();
  const tools = watchTools(root, {
    logs: `connected password=${objects.log.value} with Authorization: ${objects.logged.value}`,
  });
  const collector = await startCollector();
  onTestFinished(() => collector.close());
  const settings = {
    TMPDIR: runs,
    LOG_LEVEL: "debug",
    AISRE_SANDBOX: sandbox,
    MCP_API_KEY: slots.key.value,
    MCP_APPROVER_KEY: slots.approver.value,
    AISRE_PRINCIPALS_FILE: file("principals", `- id: hunter\n  roles: [viewer]\n  key_sha256: [${principalHash}]\n`),
    AISRE_SECRET_KEY_FILE: file("secret-key", slots.secretKey.value.repeat(2)),
    ...(githubToken === "file" ? { GITHUB_TOKEN_FILE: file("github", gitToken) } : { GITHUB_TOKEN: gitToken }),
    GITHUB_REPO: "o/r",
    GITHUB_SERVER_URL: remote.url,
    AISRE_WORKSPACE: path.join(runs, "workspace"),
    ...(sandbox === "off" ? { AISRE_TOOL_PATH: tools.folder } : {}),
    ...(login.user === undefined ? {} : { KUBECONFIG: file("kubeconfig", JSON.stringify(kubeconfig)) }),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  };
  const pod = [path.join(import.meta.dirname, "fixtures/pod.ts"), login.serviceAccount ?? "", api];
  const server = await startServer(settings, ...(login.serviceAccount === undefined ? [] : [pod]));
  const children = watchChildren(server.pid, lookMs);
  const results: string[] = [];
  const codes = new Set<string>();
  return {
    server,
    slots,
    canaries,
    ask: async (client: AnyClient, some: typeof calls): Promise<void> => {
      for (const [tool, own] of some) {
        const result = await client.call(tool, own).catch((error: unknown) => ({ error: String(error) }));
        const text = JSON.stringify(result);
        results.push(text);
        codes.add(/"code\\?":\\?"(\w+)/.exec(text)?.[1] ?? "none");
      }
      await client.close();
    },
    /** Everything that came of it; the server is closed. */
    end: async () => {
      const metrics = await (await fetch(`${server.metricsBase}/metrics`)).text();
      const health = await (await fetch(`${server.base}/health`)).text();
      children.end();
      const left = filesBelow(runs);
      const audit = filesBelow(server.folder);
      await server.close();
      // The logins were in use all the time.
      const forgeLogin = Buffer.from(`x-access-token:${gitToken}`).toString("base64");
      expect([...front.logins]).toContain(login.shows);
      expect(remote.headers.some((header) => header.includes(forgeLogin))).toBe(true);
      expect(audit.length).toBeGreaterThan(0);
      expect(metrics).toContain("aisre_redactions_total");
      const places: readonly Place[] = [
        ...results.map((text, index): Place => [`result ${index}`, text]),
        ...audit.map(([name, text]): Place => [`audit ${path.basename(name)}`, text]),
        ["log", server.stderr()],
        ["spans", collector.text()],
        ["metrics", metrics],
        ["health", health],
        ...left.map(([name, text]): Place => [`file ${name}`, text]),
        ...tools.noted(),
        ...children.seen(),
      ];
      return { codes, places, spans: collector.spans.length };
    },
  };
}

type Ground = Awaited<ReturnType<typeof openGround>>;

async function refusedCalls(server: ServerProcess, { wrongKey, keyInUrl }: Ground["slots"]): Promise<readonly Place[]> {
  const places: Place[] = [];
  for (const [headers, query] of [
    [{ authorization: `Bearer ${wrongKey.value}` }, ""],
    [{ authorization: `Basic ${wrongKey.value}` }, ""],
    [{}, `?access_token=${encodeURIComponent(keyInUrl.value)}`],
  ] as const) {
    const refused = await fetch(server.url + query, { method: "POST", headers, body: "{" });
    places.push(["refusal", (await refused.text()) + JSON.stringify([...refused.headers])]);
  }
  return places;
}
