// The server as it runs in a pod, with its service account in a folder that a test may write: where Kubernetes mounts one is no
// setting. Started by the leak hunt: `pod.ts FOLDER SERVER`.
import { composeServer } from "../../src/compose.ts";
import { loadConfig } from "../../src/config/load.ts";

const [, , folder = "", server = ""] = process.argv;
const config = loadConfig();
const composed = await composeServer({
  ...config,
  execution: { ...config.execution, inCluster: { server, folder } },
});
process.once("exit", () => composed.abandon());
process.once("SIGTERM", () => void composed.stop(0));
await composed.listen();
