// The kubeconfig that children get: the context's name and a server that only the broker knows. No address, no certificate, no
// login; which command asks is said by the proxy's user in its environment. Written once, by compose.
import { writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { clusterHost } from "../domain/upstream.ts";
import type { ClusterAccess } from "./access.ts";

/** Mode 0600; `target` must not be there yet. */
export function writeChildKubeconfig(
  { context, namespace }: Pick<ClusterAccess, "context" | "namespace">,
  target: string,
): void {
  const chosen = { cluster: "broker", user: "", ...(namespace === undefined ? {} : { namespace }) };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    contexts: [{ name: context, context: chosen }],
    clusters: [{ name: "broker", cluster: { server: `http://${clusterHost}` } }],
    users: [],
  };
  writeFileSync(target, stringify(config), { mode: 0o600, flag: "wx" });
}
