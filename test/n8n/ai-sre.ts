// AI SRE beside n8n as an operator runs it: the server as a process, on a simulated cluster in which `checkout` crash-loops and a
// new pod repairs it; site data demands a person for a restart; three keys, one a credential of n8n each.
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { hashSecret } from "../../src/config/load.ts";
import { hashKey } from "../../src/config/principals.ts";
import { startReplicaFront } from "../helpers/http-proxy.ts";
import { type ServerProcess, serverKey, startServer } from "../helpers/server.ts";
import { verifyAudit } from "../helpers/verify-audit.ts";
import { openCluster } from "../demo/setup.ts";

/** Every change in `default` takes a person. */
const siteData = (approvalExpiresS: number) => ({
  protected_namespaces: ["kube-system", "flux-system", "default"],
  limits: { cache_ttl_ms: 0, approval_expires_s: approvalExpiresS },
});
/** As AI SRE's own, seconds. */
const usualExpiryS = 900;

export const keys = {
  operator: serverKey,
  approver: randomBytes(24).toString("hex"),
  viewer: randomBytes(24).toString("hex"),
} as const;

export interface AiSre {
  /** The MCP endpoint; the same over restarts, and one for all replicas. */
  readonly url: string;
  /** Kubernetes' own words about what is in the cluster. */
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
  /** Changes that reached the cluster's store. */
  readonly writes: () => Promise<readonly string[]>;
  /** The records of each replica, in its order. */
  readonly audits: () => readonly (readonly Readonly<Record<string, unknown>>[])[];
  /** Those of all. */
  readonly audit: () => readonly Readonly<Record<string, unknown>>[];
  /** What `ai-sre audit verify` says of each replica's whole file. */
  readonly verified: () => readonly unknown[];
  /** Ends every server in order and starts another on the same port, with the same files but for how long a request stays open. */
  readonly restart: (approvalExpiresS?: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** With several replicas a request goes to any of them, and verdicts live in the cluster; with one they live in its memory. */
export async function startAiSre(replicas = 1): Promise<AiSre> {
  const { cluster, kubectl, stop: stopCluster } = await openCluster();
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-n8n-side-"));
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text, { mode: 0o600 });
    return path.join(folder, name);
  };
  const secret = randomBytes(32).toString("hex");
  const settings = {
    KUBECONFIG: cluster.kubeconfig,
    AISRE_SECRET_KEY_FILE: file("secret.key", secret),
    AISRE_POLICY_DATA: file("site.yaml", stringify(siteData(usualExpiryS))),
    AISRE_PRINCIPALS_FILE: file("principals.yaml", stringify(principals)),
    ...(replicas === 1 ? {} : { AISRE_APPROVAL_LEDGER: "kubernetes" }),
  };
  const auditFiles = Array.from({ length: replicas }, (_, at) => path.join(folder, `audit-${at}.jsonl`));
  const start = (AISRE_AUDIT_FILE: string, port = "0"): Promise<ServerProcess> =>
    startServer({ ...settings, AISRE_AUDIT_FILE, MCP_SERVER_PORT: port });
  let servers = await Promise.all(auditFiles.map((auditFile) => start(auditFile)));
  const urls = servers.map(({ url }) => url);
  const front = await startReplicaFront(urls);
  const audits: AiSre["audits"] = () =>
    auditFiles.map((auditFile) => linesOf(auditFile).map((line) => JSON.parse(line)));
  return {
    url: front.url,
    kubectl: async (...args) => (await kubectl(...args)).stdout,
    writes: () => cluster.writes(),
    audits,
    audit: () => audits().flat(),
    verified: () => auditFiles.map((auditFile) => verifyAudit(linesOf(auditFile), hashSecret(secret))),
    restart: async (approvalExpiresS = usualExpiryS) => {
      await Promise.all(servers.map((server) => server.close()));
      file("site.yaml", stringify(siteData(approvalExpiresS)));
      servers = await Promise.all(auditFiles.map((auditFile, at) => start(auditFile, new URL(urls[at] ?? "").port)));
    },
    stop: async () => {
      await front.close();
      await Promise.all(servers.map((server) => server.close()));
      await stopCluster();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const linesOf = (file: string): readonly string[] => readFileSync(file, "utf8").trimEnd().split("\n");

const principals = [
  { id: "alice", roles: ["approver"], key_sha256: [hashKey(keys.approver)] },
  { id: "n8n-observer", roles: ["viewer"], key_sha256: [hashKey(keys.viewer)] },
];
