// Three doors, one test: the same calls through clients that we did not write, against the whole server, real kubectl and a
// simulated cluster.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { startSimulatedCluster } from "../../demo/cluster/start.ts";
import { interopSuite, universalCalls } from "../helpers/interop.ts";
import { startServer } from "../helpers/server.ts";

const pipeline = "kubectl get pods -o name | grep -c web";

interopSuite(async () => {
  const cluster = await startSimulatedCluster();
  // A client on standard input has no key; with this it has the same role as those over sockets. And each client has an answer
  // of its own: out of the cache it would say whose it is.
  const dataFile = path.join(path.dirname(cluster.kubeconfig), "site.yaml");
  writeFileSync(dataFile, "anonymous_role: operator\nlimits: {cache_ttl_ms: 0}\n");
  const server = await startServer({ KUBECONFIG: cluster.kubeconfig, AISRE_POLICY_DATA: dataFile });
  const close = async (): Promise<void> => {
    await server.close();
    await cluster.stop();
  };
  return { ...server, close };
}, [
  ...universalCalls,
  { tool: "kubectl_get", arguments: { resource: "deployments", output: "json" }, outcome: "succeeded" },
  { tool: "kubectl_get", arguments: { resource: "po", jsonpath: "{.items[*].metadata.name}" }, outcome: "succeeded" },
  { tool: "kubectl_get", arguments: { resource: "deployments", name: "missing" }, outcome: "failed" },
  { tool: "kubectl_get", arguments: { resource: "deployments", namespace: "kube-system" }, outcome: "denied" },
  { tool: "cli_tool", arguments: { command: pipeline }, outcome: "succeeded" },
  { tool: "cli_tool", arguments: { command: "kubectl auth can-i list pods" }, outcome: "succeeded" },
  {
    tool: "kubectl_rollout_restart",
    arguments: { resource: "deployment", name: "web", dry_run: true },
    outcome: "succeeded",
  },
]);
