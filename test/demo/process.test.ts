// The simulated cluster as a process: who may ask, how it ends, what it leaves behind.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { startSimulatedCluster } from "../../demo/cluster/start.ts";
import { startCluster } from "./setup.ts";

const kubeconfigSchema = z.looseObject({
  clusters: z.tuple([z.looseObject({ cluster: z.looseObject({ server: z.url() }) })]),
});

/** The address with the token in it. */
function serverOf(kubeconfig: string): string {
  const { clusters } = kubeconfigSchema.parse(parse(readFileSync(kubeconfig, "utf8")));
  return clusters[0].cluster.server;
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("the simulated cluster's process", () => {
  it("answers nobody who does not know its token", async () => {
    const { cluster } = await startCluster();
    const answer = await fetch(`http://127.0.0.1:${cluster.port}/api/v1/namespaces/default/secrets`);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ kind: "Status", reason: "Unauthorized", code: 401 });
    expect(await cluster.requests()).toEqual([]);
  });

  it("answers an unknown path with a Status", async () => {
    const { cluster } = await startCluster();
    const answer = await fetch(`${serverOf(cluster.kubeconfig)}/apis/unicorns.example/v1/unicorns`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ kind: "Status", status: "Failure", reason: "NotFound", code: 404 });
  });

  it("refuses a patch that it does not understand, and keeps the object", async () => {
    const { cluster } = await startCluster();
    const url = `${serverOf(cluster.kubeconfig)}/apis/apps/v1/namespaces/default/deployments/web`;
    const before: unknown = await (await fetch(url)).json();
    const patch = (type: string, body: string) =>
      fetch(url, { method: "PATCH", body, headers: { "content-type": type } });
    expect((await patch("application/apply-patch+yaml", "{}")).status).toBe(415);
    expect((await patch("application/strategic-merge-patch+json", '{"spec":{"$patch":"replace"}}')).status).toBe(400);
    expect((await patch("application/merge-patch+json", "{")).status).toBe(400);
    expect((await patch("application/merge-patch+json", '{"spec":{"replicas":5}}')).status).toBe(422);
    expect(await (await fetch(url)).json()).toEqual(before);
  });

  it("merges containers by name in a strategic patch and replaces the list in a plain one", async () => {
    const { cluster } = await startCluster();
    const url = `${serverOf(cluster.kubeconfig)}/apis/apps/v1/namespaces/default/deployments/web?dryRun=All`;
    const patch = async (type: string): Promise<unknown> => {
      const body = '{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"example/web:4"}]}}}}';
      const answer = await fetch(url, { method: "PATCH", body, headers: { "content-type": type } });
      const object = z.looseObject({ spec: z.looseObject({ template: z.looseObject({ spec: z.unknown() }) }) });
      return object.parse(await answer.json()).spec.template.spec;
    };
    const replaced = { name: "web", image: "example/web:4" };
    expect(await patch("application/merge-patch+json")).toMatchObject({ containers: [replaced] });
    expect(await patch("application/strategic-merge-patch+json")).toMatchObject({
      containers: [{ ...replaced, ports: [{ containerPort: 8080 }] }],
    });
  });

  it("ends when it is stopped, and takes its kubeconfig along", async () => {
    const cluster = await startSimulatedCluster();
    expect(isAlive(cluster.pid)).toBe(true);
    await cluster.stop();
    await cluster.stop();
    expect(isAlive(cluster.pid)).toBe(false);
    expect(existsSync(path.dirname(cluster.kubeconfig))).toBe(false);
  });

  it("does not outlive who started it: it ends when its standard input closes", async () => {
    const main = path.resolve(import.meta.dirname, "../../demo/cluster/main.ts");
    const child = spawn(process.execPath, [main], { stdio: ["pipe", "pipe", "inherit"] });
    await once(child.stdout, "data");
    child.stdin.end();
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});
