// docs/install.md is run, and docs/operating.md before its last block takes all away: their commands one after the other in one shell, in a copy of the checkout, with the real helm and kubectl against
// a real API server. Skipped without `make cluster` and `make tools`. What is marked "not run here" needs an engine, nodes or a forge.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { loadConfig } from "../../src/config/load.ts";
import { hasHelm } from "../chart/helm.ts";
import { copyCheckout, surroundings } from "../helpers/copy-checkout.ts";
import { freePort } from "../helpers/free-port.ts";
import { hasRealCluster, type RealCluster, startRealCluster } from "../helpers/real-cluster.ts";
import { fencesOf, readPage, root } from "./markdown.ts";
import { expectShown, runSteps, type Step, stepsOf } from "./run-page.ts";

const page = "docs/install.md";
const definitions = path.join(root, ".tools/crds");
const ready = hasRealCluster && hasHelm && existsSync(definitions) && spawnSync("openssl", ["version"]).status === 0;

const notRunHere = "# not run here\n";
const all = stepsOf(fencesOf(page));
const isRun = ({ commands }: Step): boolean => !commands.startsWith(notRunHere);
const installing = all.filter(isRun);
const operating = stepsOf(fencesOf("docs/operating.md")).filter(isRun);
const steps = [...installing.slice(0, -1), ...operating, ...installing.slice(-1)];

/** Files that the page shows: YAML whose first line is a comment with the name. */
const files = fencesOf(page).flatMap(({ language, text }) => {
  const name = /^# (\S+\.yaml)\n/.exec(text)?.[1];
  return language === "yaml" && name !== undefined ? [{ name, text }] : [];
});

describe("the installation page", () => {
  it("leaves out nothing but what needs an engine, nodes or a forge", () => {
    const left = all.filter((step) => !isRun(step));
    const needs = /docker |kind create|rollout status|port-forward|git push/;
    expect(left.filter(({ commands }) => !needs.test(commands))).toEqual([]);
    // More of them than these want a reason.
    expect(left.length).toBeLessThanOrEqual(6);
  });

  it("ends each way with a call", () => {
    const ways = readPage(page)
      .split(/^## /m)
      .filter((section) => /^(?:Any cluster|A cluster that Flux|A laptop|A checkout)/.test(section));
    expect(ways.length).toBe(4);
    for (const way of ways) expect(way).toMatch(/ai-sre -- call|helm test|#a-call-of-your-own/);
  });
});

describe.skipIf(!ready)("the installation page, run", () => {
  let cluster: RealCluster;
  let folder: string;
  let checkout: string;
  let printed: readonly string[] = [];

  beforeAll(async () => {
    cluster = await startRealCluster();
    // What Flux brings to a cluster, but its controllers.
    cluster.kubectl(["create", "namespace", "flux-system"]);
    cluster.kubectl(["create", "-f", definitions]);
    cluster.kubectl(["wait", "--for=condition=Established", "--timeout=60s", "-f", definitions]);
    folder = mkdtempSync(path.join(tmpdir(), "aisre-install-"));
    checkout = path.join(folder, "ai-sre");
    copyCheckout(checkout);
    mkdirSync(path.join(folder, ".kube"));
    cpSync(cluster.kubeconfig("admin"), path.join(folder, ".kube/config"));
    for (const { name, text } of files) writeFileSync(path.join(checkout, name), text);
    const port = await freePort();
    const onThatPort = steps.map((step) => ({ ...step, commands: step.commands.replaceAll(":8080", `:${port}`) }));
    const run = runSteps(onThatPort, { cwd: checkout, env: surroundings(folder, port), timeoutMs: 280_000 });
    printed = run.printed;
    expect(run.status, run.said).toBe(0);
  }, 450_000);
  afterAll(async () => {
    await cluster?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it.each(steps.map(({ commands, shown }, at) => [commands.split("\n")[0] ?? "", at, shown] as const))(
    "%s",
    (_first, at, shown) => expectShown(printed[at] ?? "", shown),
  );

  it("leaves nothing in the cluster", () => {
    const left = cluster.kubectl(["get", "clusterroles,clusterrolebindings,roles,rolebindings", "-A", "-o", "name"]);
    expect(left.split("\n").filter((line) => line.includes("ai-sre"))).toEqual([]);
  });

  it("makes the files that compose mounts, with which the server's settings hold", () => {
    const { secrets, services } = composeFile.parse(parse(readPage("deploy/compose.yaml")));
    const at = (name: string): string => path.join(checkout, "deploy", secrets[name]?.file ?? "");
    const made = readdirSync(path.join(checkout, "deploy/keys")).map((name) => `keys/${name}`);
    // The viewer's key is n8n's alone: AI SRE gets its hash.
    const wanted = [...Object.values(secrets).map(({ file }) => file), "keys/viewer-key"];
    expect(made.toSorted()).toEqual(wanted.toSorted());
    const inside = Object.entries(services["ai-sre"].environment).map(([name, value]) => [
      name,
      value.replace(/^\$\{\w+:-\}$/, "").replace(/^\/run\/secrets\/(.+)$/, (_whole, secret: string) => at(secret)),
    ]);
    const config = loadConfig(Object.fromEntries(inside));
    expect(config.principals.map(({ id }) => id)).toEqual(["n8n", "approver", "n8n-viewer"]);
    expect(config.secretKeyGenerated).toBe(false);
    expect(config.execution.sandbox).toBe("require");
  });
});

const composeFile = z.object({
  secrets: z.record(z.string(), z.object({ file: z.string() })),
  services: z.looseObject({ "ai-sre": z.object({ environment: z.record(z.string(), z.string()) }) }),
});
