// AI SRE beside n8n as an operator runs it: the server as a process, on a simulated cluster in which `checkout` crash-loops and a
// new pod repairs it; site data demands a person for a restart; three keys, one a credential of n8n each.
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { hashKey } from "../../src/config/principals.ts";
import { type ServerProcess, serverKey, startServer } from "../helpers/server.ts";
import { verifyAudit } from "../helpers/verify-audit.ts";
import { openCluster } from "../demo/setup.ts";

/** Every change in `default` takes a person. */
const siteData = { protected_namespaces: ["kube-system", "flux-system", "default"], limits: { cache_ttl_ms: 0 } };

export const keys = {
  operator: serverKey,
  approver: randomBytes(24).toString("hex"),
  viewer: randomBytes(24).toString("hex"),
} as const;

export interface AiSre {
  /** The MCP endpoint; the same over restarts. */
  readonly url: string;
  /** Kubernetes' own words about what is in the cluster. */
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
  /** Changes that reached the cluster's store. */
  readonly writes: () => Promise<readonly string[]>;
  readonly audit: () => readonly Readonly<Record<string, unknown>>[];
  /** What `ai-sre audit verify` says of the whole file. */
  readonly verified: () => unknown;
  /** Ends the server in order and starts another, with the same files, on the same port. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startAiSre(): Promise<AiSre> {
  const { cluster, kubectl, stop: stopCluster } = await openCluster();
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-n8n-side-"));
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text, { mode: 0o600 });
    return path.join(folder, name);
  };
  const auditFile = path.join(folder, "audit.jsonl");
  const secret = randomBytes(32).toString("hex");
  const settings = {
    KUBECONFIG: cluster.kubeconfig,
    AISRE_AUDIT_FILE: auditFile,
    AISRE_SECRET_KEY_FILE: file("secret.key", secret),
    AISRE_POLICY_DATA: file("site.yaml", stringify(siteData)),
    AISRE_PRINCIPALS_FILE: file("principals.yaml", stringify(principals)),
  };
  let server: ServerProcess = await startServer(settings);
  const { port } = new URL(server.url);
  return {
    url: server.url,
    kubectl: async (...args) => (await kubectl(...args)).stdout,
    writes: () => cluster.writes(),
    audit: () =>
      readFileSync(auditFile, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    verified: () => verifyAudit(readFileSync(auditFile, "utf8").split(/(?<=\n)/), Buffer.from(secret)),
    restart: async () => {
      await server.close();
      server = await startServer({ ...settings, MCP_SERVER_PORT: port });
    },
    stop: async () => {
      await server.close();
      await stopCluster();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const principals = [
  { id: "alice", roles: ["approver"], key_sha256: [hashKey(keys.approver)] },
  { id: "n8n-observer", roles: ["viewer"], key_sha256: [hashKey(keys.viewer)] },
];
