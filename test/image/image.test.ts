// The image itself, in the engine of this machine, as a restricted pod runs it. Not part of `make test`: `make image-test` builds
// the image and names it; without a name nothing runs.
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, truncateSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { findEngine, runEngine } from "../../image/engine.ts";
import { type Answer, readAnswer } from "../helpers/answer.ts";
import { type AnyClient, clientKind } from "../helpers/clients.ts";
import { eventually } from "../helpers/door.ts";
import { openGitServer, token } from "../helpers/git-server.ts";
import { createMount, scratchFolder, writeBundle } from "../policy/bundles.ts";
import { commandOf, type Container, processesWith, startContainer, statusOf } from "./container.ts";
import { type HeldCluster, startHeldCluster } from "./held-cluster.ts";

const image = process.env["AISRE_TEST_IMAGE"] ?? "";
const engine = image === "" ? undefined : findEngine();
const inContainer = { kubeconfig: "/etc/ai-sre/kubeconfig" };

describe.skipIf(engine === undefined)("the image", () => {
  if (engine === undefined) return;
  let cluster: HeldCluster;
  let container: Container;
  let client: AnyClient;
  const connect = (): Promise<AnyClient> => clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(container);
  const start = (
    environment: Readonly<Record<string, string>> = {},
    files: Readonly<Record<string, string>> = {},
  ): Promise<Container> =>
    startContainer(engine, image, {
      files: { [cluster.kubeconfig]: inContainer.kubeconfig, ...files },
      environment: { KUBECONFIG: inContainer.kubeconfig, ...environment },
    });
  beforeAll(async () => {
    cluster = await startHeldCluster();
    container = await start();
    client = await connect();
  }, 120_000);
  afterAll(async () => {
    await client?.close().catch(() => {});
    container?.remove();
    await cluster?.stop();
  });
  const line = async (command: string, more: Record<string, unknown> = {}): Promise<Answer> =>
    readAnswer((await client.call("cli_tool", { command, ...more })).structuredContent);

  describe("what is in it", () => {
    /** `mode owner size path → link` of every file, as tar lists them. */
    const listing = (): readonly string[] => {
      const created = runEngine(engine, ["create", image]).stdout.trim();
      const words = [...engine.command, "export", created].map((word) => `'${word}'`).join(" ");
      const { stdout } = spawnSync("bash", ["-c", `${words} | tar --numeric-owner -tvf -`], {
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      });
      runEngine(engine, ["rm", created]);
      return stdout.split("\n").filter(Boolean);
    };

    it("no shell, no package manager, nothing that runs as somebody else, nothing that its user may change", () => {
      const files = listing();
      expect(files.length).toBeGreaterThan(100);
      const name = (file: string): string => file.split(/\s+/).slice(5).join(" ");
      const programs = files.map(name).filter((file) => /(^|\/)(usr\/)?(local\/)?s?bin\//.test(file));
      const foreign =
        /\/(?:(?:ba|da|z|k|c)?sh|busybox|apt(-get)?|dpkg|apk|rpm|perl|python[\d.]*|npm|npx|env|su|sudo|mount)$/;
      expect(programs.filter((file) => foreign.test(file))).toEqual([]);
      expect(files.filter((file) => /^-..[sS]|^-.{5}[sS]/.test(file))).toEqual([]);
      const writable = files.filter((file) => /^[d-].{7}w/.test(file) || / 65532\/65532 /.test(file)).map(name);
      expect(writable.sort()).toEqual(["home/nonroot/", "tmp/", "var/lib/ai-sre/", "var/lib/ai-sre/workspace/"]);
    });

    it("its user, its words and its labels", () => {
      const [config] = JSON.parse(runEngine(engine, ["image", "inspect", image]).stdout);
      expect(config.Config).toMatchObject({
        User: "65532:65532",
        Cmd: ["serve"],
        Labels: expect.objectContaining({ "org.opencontainers.image.licenses": "Apache-2.0" }),
      });
      expect(config.Config.Entrypoint).toContain("--max-old-space-size=96");
      expect(config.Config.Env).toContain("AISRE_SANDBOX=require");
      expect(JSON.stringify(config.Config.Env)).not.toMatch(/NODE_OPTIONS|KEY|TOKEN/);
      expect(config.Config.Healthcheck ?? config.Healthcheck).toMatchObject({ Test: expect.arrayContaining(["CMD"]) });
    });

    it("a list of everything that it is made of, with licences", () => {
      const read = (file: string): string => container.exec("/usr/bin/cat", `/usr/share/ai-sre/${file}`).text;
      const { components } = JSON.parse(read("sbom.cdx.json"));
      const urls: readonly string[] = components.map(({ purl }: { readonly purl: string }) => purl);
      for (const kind of [
        "pkg:deb/debian/git@",
        "pkg:npm/fastify@",
        "pkg:golang/k8s.io/kubectl@",
        "pkg:cargo/landlock@",
      ])
        expect(
          urls.some((url) => url.startsWith(kind)),
          kind,
        ).toBe(true);
      expect(read("licenses.txt")).toMatch(/^pkg:npm\/zod@\S+\tMIT\t\[\d+\]$/m);
    });
  });

  describe("as it runs", () => {
    it("is nobody, with no capability, behind a filter, on a root that cannot be written", () => {
      for (const pid of [container.init, container.server]) {
        expect(statusOf(pid, "Uid")).toBe("65532 65532 65532 65532");
        expect(statusOf(pid, "CapEff")).toMatch(/^0+$/);
        expect(statusOf(pid, "NoNewPrivs")).toBe("1");
        expect(statusOf(pid, "Seccomp")).toBe("2");
      }
      const mounts = readFileSync(`/proc/${container.server}/mountinfo`, "utf8").split("\n");
      expect(mounts.find((mount) => mount.split(" ")[4] === "/")).toMatch(/ \/ ro,/);
    });

    it("has every tool, each in the sandbox", async () => {
      const response = await fetch(`${container.base}/health`, {
        headers: { authorization: `Bearer ${container.key}` },
      });
      const { tools, sandbox, status } = JSON.parse(await response.text());
      expect(sandbox).toMatchObject({ mode: "require", unboxed: [] });
      const missing = Object.entries(tools).filter(([, tool]) => !JSON.stringify(tool).includes('"available":true'));
      expect(missing).toEqual([]);
      expect(status).toBe("ok");
    });

    it.each([
      ["kubectl get pods -o name", /^pod\/checkout-/m],
      ["kubectl get pods -o json | jq -r '.items[0].kind'", /^Pod\n$/],
      ["kubectl get deploy web -o yaml | yq .kind", /^Deployment\n$/],
      ["helm list", /cache/],
      ["flux get kustomizations", /^NAME/m],
      ["sed -n 2p", /^a\n$/],
      ["awk '{ print NR $1 }'", /^1b\n2a\n3a\n$/],
      ["grep -c a", /^2\n$/],
      ["sort | uniq -c", /2 a\n +1 b\n$/],
      ["head -n 1 | tr b c", /^c\n$/],
      ["tail -n 1 | wc -l", /^1\n$/],
      ["cut -c 1 | nl", /1\tb\n/],
      ["tac | rev", /^a\na\nb\n$/],
      ["paste -s -d ,", /^b,a,a\n$/],
      ["column -t", /^b\n/],
      ["base64 | cat", /^YgphCmEK\n$/],
      ["date -u +%Y", /^20\d\d\n$/],
    ])("answers %s", async (command, printed) => {
      const reads = /^(?:kubectl|helm|flux|date)/.test(command) ? {} : { stdin: "b\na\na\n" };
      const answer = await line(command, reads);
      expect(answer, JSON.stringify(answer)).toMatchObject({ outcome: "succeeded", code: "ok" });
      expect(answer.stdout).toMatch(printed);
    });

    it("says by its health check that it is ready", () => {
      const check = () => container.exec("/usr/local/bin/node", "/app/dist/server/healthcheck.mjs").status;
      const { port } = new URL(container.base);
      const asked = runEngine(engine, [
        "exec",
        "--env",
        `MCP_SERVER_PORT=${port}`,
        container.name,
        "/usr/local/bin/node",
        "/app/dist/server/healthcheck.mjs",
      ]);
      expect([asked.status, check()]).toEqual([0, 1]);
    });

    it("tells how fast it starts and what it takes", () => {
      const rss = statusOf(container.server, "VmRSS");
      console.log(`image-test: ready after ${container.startMs} ms, the server holds ${rss}`);
      expect(Number.parseInt(rss, 10)).toBeGreaterThan(0);
    });

    it("leaves no dead process, even when a helper is killed and cannot take in its own", async () => {
      cluster.shut();
      const answer = line("kubectl get pods", { fresh: true });
      await eventually(() => cluster.waiting() > 0, "kubectl waits for the cluster");
      const helper = processesWith(container.init).find((pid) => commandOf(pid).startsWith("/usr/local/bin/box"));
      if (helper === undefined) throw new Error("no helper runs");
      process.kill(helper, "SIGKILL");
      expect(await answer).toMatchObject({ outcome: "failed" });
      cluster.open();
      const left = () =>
        processesWith(container.init).filter((pid) => pid !== container.init && pid !== container.server);
      await eventually(() => left().length === 0, "nothing is left, not even a zombie");
    });
  });

  it("drains: a call that runs at SIGTERM is answered, and the container ends well", async () => {
    const other = await start();
    const its = await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(other);
    try {
      cluster.shut();
      const call = its.call("cli_tool", { command: "kubectl get pods -o name", fresh: true });
      await eventually(() => cluster.waiting() > 0, "kubectl waits for the cluster");
      const ended = other.stop();
      await notReady(other.base);
      cluster.open();
      expect(readAnswer((await call).structuredContent)).toMatchObject({ outcome: "succeeded" });
      await its.close().catch(() => {});
      expect(await ended).toBe(0);
      expect(other.logs()).toContain('"kind":"outcome"');
    } finally {
      cluster.open();
      other.remove();
    }
  });

  it("follows its policy's folder and asks a shadow, by threads of their own", async () => {
    const mount = createMount();
    const shadow = path.join(scratchFolder(), "shadow");
    mount.swap((folder) => writeBundle(folder));
    // The shadow changes nothing anywhere, so it denies what the policy in force allows.
    writeBundle(shadow, { namespaces: ["elsewhere"], default_namespace: "elsewhere" });
    for (const folder of [mount.folder, path.dirname(shadow)]) chmodSync(folder, 0o755);
    const other = await start(
      { AISRE_POLICY: "/etc/ai-sre/policy", AISRE_POLICY_SHADOW: "/etc/ai-sre/shadow" },
      { [mount.folder]: "/etc/ai-sre/policy", [shadow]: "/etc/ai-sre/shadow" },
    );
    const its = await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(other);
    try {
      await eventually(() => other.logs().includes("a shadow policy is asked"), "the shadow is there");
      await its.call("cli_tool", { command: "kubectl get pods -o name" });
      const disagreements = async (): Promise<string> => {
        const response = await fetch(`${other.base}/metrics`, { headers: { authorization: `Bearer ${other.key}` } });
        return (
          /^aisre_policy_shadow_decisions_total\{[^}]*disagreed[^}]*\} \d+/m.exec(await response.text())?.[0] ?? ""
        );
      };
      await vi.waitFor(async () => expect(await disagreements()).toMatch(/ [1-9]/), 20_000);
      mount.swap((folder) => writeBundle(folder, { mode: "frozen" }));
      await eventually(() => /"kind":"reload".*"replaced"/.test(other.logs()), "the new policy is in force");
      mount.swap((folder) => {
        writeBundle(folder);
        truncateSync(path.join(folder, "policy.wasm"), 1000);
      });
      await eventually(() => /"kind":"reload".*"refused"/.test(other.logs()), "the bad one is refused");
      const frozen = readAnswer(
        (await its.call("cli_tool", { command: "kubectl rollout restart deployment/web" })).structuredContent,
      );
      expect(frozen, JSON.stringify(frozen)).toMatchObject({ outcome: "denied" });
      expect(JSON.stringify(frozen)).toContain("frozen");
    } finally {
      await its.close().catch(() => {});
      other.remove();
    }
  });

  it.each([
    ["gh", "api", "user"],
    ["gh", "pr", "merge", "1"],
    ["gh", "auth", "token"],
    ["gh", "extension", "list"],
    ["flux", "install", "--export"],
    ["flux", "export", "source", "git"],
    ["kubectl", "krew", "list"],
  ])("has no %s %s", (program, ...words) => {
    const { status, text } = container.exec(`/usr/local/bin/${program}`, ...words);
    expect(status, text).toBe(1);
    expect(text).toMatch(/unknown command/);
  });

  it("works on a repository and asks Prometheus: git without a shell, curl, gh", async () => {
    const remote = await openGitServer();
    const prometheus = createServer((_, answer) => answer.end('{"status":"success"}'));
    await new Promise<void>((resolve) => {
      prometheus.listen(0, "127.0.0.1", resolve);
    });
    const address = prometheus.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const other = await start({
      GITHUB_REPO: "o/r",
      GITHUB_SERVER_URL: remote.url,
      GITHUB_TOKEN: token,
      PROMETHEUS_URL: `http://127.0.0.1:${port}`,
    });
    try {
      const its = await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(other);
      const call = async (tool: string, own: Record<string, unknown>): Promise<Answer> =>
        readAnswer((await its.call(tool, own)).structuredContent);
      expect(await call("git_log", {})).toMatchObject({ outcome: "succeeded", stdout: expect.stringMatching(/\w/) });
      const commit = { message: "fix: more", branch: "ai-sre/more", changes: [{ path: "a.txt", content: "b\n" }] };
      const made = await call("git_commit", commit);
      expect(made, JSON.stringify(made)).toMatchObject({ outcome: "succeeded" });
      expect(await call("prometheus_query", { promql: "up" })).toMatchObject({ stdout: '{"status":"success"}' });
      // There is no GitHub here: gh itself says so.
      const asked = await call("cli_tool", { command: "gh pr list" });
      expect(asked, JSON.stringify(asked)).toMatchObject({ outcome: "failed", code: "exited" });
      expect(asked.stderr).toMatch(/\w/);
      await its.close();
    } finally {
      other.remove();
      prometheus.close();
    }
  });

  it("does not start without a key, since it listens to everybody", () => {
    const run = runEngine(engine, ["run", "--rm", "--no-healthcheck", ...engine.limits, "--read-only", image]);
    expect(run.status).toBe(2);
    expect(`${run.stdout}${run.stderr}`).toContain("insecure bind");
  });

  it("runs the other subcommands too", () => {
    const run = runEngine(engine, ["run", "--rm", "--no-healthcheck", ...engine.limits, image, "--version"]);
    expect(run.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

/** Resolves when the server takes no more calls: it says so, or has shut its door. */
async function notReady(base: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${base}/readyz`).catch(() => undefined);
    if (answer?.status !== 200) return;
  }
}
