// The simulated cluster behind a door that can be shut: what comes meanwhile waits. For calls that must not end yet.
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import path from "node:path";
import { startSimulatedCluster } from "../../demo/cluster/start.ts";

export interface HeldCluster {
  /** Path of a kubeconfig that everybody may read; the cluster behind it holds no secret of anybody. */
  readonly kubeconfig: string;
  readonly shut: () => void;
  readonly open: () => void;
  /** Requests that wait. */
  readonly waiting: () => number;
  readonly stop: () => Promise<void>;
}

export async function startHeldCluster(): Promise<HeldCluster> {
  const cluster = await startSimulatedCluster();
  let shut = false;
  const held: (() => void)[] = [];
  const open = (): void => {
    shut = false;
    for (const go of held.splice(0)) go();
  };
  const door = createServer((incoming, outgoing) => {
    const forward = (): void => {
      const { method, url, headers } = incoming;
      const onward = ask({ host: "127.0.0.1", port: cluster.port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      incoming.pipe(onward);
    };
    if (shut && incoming.url?.includes("/pods") === true) held.push(forward);
    else forward();
  });
  await new Promise<void>((resolve) => {
    door.listen(0, "127.0.0.1", resolve);
  });
  const address = door.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const kubeconfig = path.join(path.dirname(cluster.kubeconfig), "kubeconfig-of-the-door");
  const text = readFileSync(cluster.kubeconfig, "utf8").replace(`127.0.0.1:${cluster.port}`, `127.0.0.1:${port}`);
  writeFileSync(kubeconfig, text, { mode: 0o644 });
  return {
    kubeconfig,
    shut: () => void (shut = true),
    open,
    waiting: () => held.length,
    stop: async () => {
      open();
      door.closeAllConnections();
      door.close();
      await cluster.stop();
    },
  };
}
