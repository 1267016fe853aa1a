// A real Kubernetes API on loopback: etcd, kube-apiserver and the controllers out of .tools/cluster, each on a free port, in a folder
// that goes away. Tokens stand in a file, so that no certificate has to be made; every request is in the audit log. There are no
// kubelets: pods stay as they were made.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

const root = path.resolve(import.meta.dirname, "../..");
const programs = path.join(root, ".tools/cluster");
const kubectlFile = path.join(root, ".tools/bin/kubectl");
const startTimeoutMs = 120_000;
const lifetimeS = 1800;

/** Whether `make cluster` has built what is needed. */
export const hasRealCluster = ["etcd", "kube-apiserver", "kube-controller-manager"].every((name) =>
  existsSync(path.join(programs, name)),
);

/** Who may log in: `admin` may all; the others what the test binds to them. */
const users = ["admin", "ai-sre", "server", "viewer"] as const;
export type ClusterUser = (typeof users)[number];

const auditLine = z.object({
  verb: z.string(),
  requestURI: z.string(),
  user: z.object({ username: z.string() }),
  objectRef: z
    .object({
      resource: z.string(),
      subresource: z.string().optional(),
      apiGroup: z.string().default(""),
      namespace: z.string().optional(),
      name: z.string().optional(),
    })
    .optional(),
  responseStatus: z.object({ code: z.int() }).optional(),
});
/** One request that reached the API server. */
export type ClusterRequest = z.output<typeof auditLine>;

export interface RealCluster {
  readonly url: string;
  /** PEM. */
  readonly authority: string;
  /** Path of a kubeconfig; the context is `real`, its namespace `default`. */
  readonly kubeconfig: (user: ClusterUser) => string;
  readonly token: (user: ClusterUser) => string;
  /** The real kubectl as `admin`; answers what it prints, throws what it says. */
  readonly kubectl: (args: readonly string[], stdin?: string) => string;
  /** Every request so far, by whom, in order. */
  readonly requests: () => readonly ClusterRequest[];
  readonly stop: () => Promise<void>;
}

/** Takes five to twenty seconds: once for a test file. @throws what a program said when it does not come up */
export async function startRealCluster(): Promise<RealCluster> {
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-cluster-"));
  const at = (name: string): string => path.join(folder, name);
  const children: ChildProcess[] = [];
  const start = (name: string, flags: Readonly<Record<string, string>>): void => {
    const log = openSync(at(`${name}.log`), "w");
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    // It ends by itself when the test was killed.
    const bounded = ["--kill-after=5", String(lifetimeS), path.join(programs, name)];
    children.push(
      spawn("timeout", [...bounded, ...args], {
        stdio: ["ignore", log, log],
        cwd: folder,
        env: { PATH: "/usr/bin:/bin" },
      }),
    );
    closeSync(log);
  };
  const stop = async (): Promise<void> => {
    for (const child of children.toReversed()) await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [etcdPort, peerPort, port, controllersPort] = await freePorts(4);
    const url = `https://127.0.0.1:${port}`;
    const etcd = `http://127.0.0.1:${etcdPort}`;
    const peer = `http://127.0.0.1:${peerPort}`;
    writeSecrets(at);
    start("etcd", {
      name: "one",
      "data-dir": at("etcd"),
      "listen-client-urls": etcd,
      "advertise-client-urls": etcd,
      "listen-peer-urls": peer,
      "initial-advertise-peer-urls": peer,
      "initial-cluster": `one=${peer}`,
      // Nothing here outlives the test.
      "unsafe-no-fsync": "true",
      "log-level": "warn",
    });
    start("kube-apiserver", {
      "etcd-servers": etcd,
      "bind-address": "127.0.0.1",
      "advertise-address": "127.0.0.1",
      "endpoint-reconciler-type": "none",
      "secure-port": String(port),
      // It makes a certificate for itself there.
      "cert-dir": at("certificates"),
      "token-auth-file": at("tokens.csv"),
      "authorization-mode": "RBAC",
      "service-cluster-ip-range": "10.96.0.0/16",
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-key-file": at("service-accounts.pub"),
      "service-account-signing-key-file": at("service-accounts.key"),
      "audit-policy-file": at("audit.yaml"),
      "audit-log-path": at("audit.jsonl"),
      profiling: "false",
    });
    await until(() => existsSync(at("certificates/apiserver.crt")), children, at);
    const authority = readFileSync(at("certificates/apiserver.crt"), "utf8");
    for (const user of users)
      writeFileSync(at(`${user}.kubeconfig`), kubeconfigOf(url, authority, user), { mode: 0o600 });
    const kubectl: RealCluster["kubectl"] = (args, stdin) =>
      execFileSync(kubectlFile, [`--kubeconfig=${at("admin.kubeconfig")}`, `--cache-dir=${at("cache")}`, ...args], {
        encoding: "utf8",
        input: stdin ?? "",
        stdio: "pipe",
        env: { HOME: folder },
      });
    await until(() => succeeds(() => kubectl(["get", "--raw", "/readyz"])), children, at);
    start("kube-controller-manager", {
      kubeconfig: at("admin.kubeconfig"),
      "bind-address": "127.0.0.1",
      "secure-port": String(controllersPort),
      "cert-dir": at("controllers"),
      "leader-elect": "false",
      "use-service-account-credentials": "true",
      "service-account-private-key-file": at("service-accounts.key"),
      "root-ca-file": at("certificates/apiserver.crt"),
    });
    // The first service account shows that the controllers work, a rule in `view` that the roles have been put together.
    await until(() => succeeds(() => kubectl(["get", "serviceaccount", "default"])), children, at);
    await until(
      () => kubectl(["get", "clusterrole", "view", "-o", "jsonpath={.rules[0].verbs}"]).includes("get"),
      children,
      at,
    );
    return {
      url,
      authority,
      kubeconfig: (user) => at(`${user}.kubeconfig`),
      token: tokenOf,
      kubectl,
      requests: () =>
        readFileSync(at("audit.jsonl"), "utf8")
          .split("\n")
          // The last line may not be whole yet.
          .slice(0, -1)
          .map((line) => auditLine.parse(JSON.parse(line))),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const tokenOf = (user: ClusterUser): string => `${user}-token-of-the-real-cluster`;

function writeSecrets(at: (name: string) => string): void {
  mkdirSync(at("certificates"));
  const row = (user: ClusterUser): string =>
    `${tokenOf(user)},${user},${user}${user === "admin" ? ",system:masters" : ""}\n`;
  writeFileSync(at("tokens.csv"), users.map(row).join(""), { mode: 0o600 });
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(at("service-accounts.key"), privateKey.export({ type: "pkcs1", format: "pem" }), { mode: 0o600 });
  writeFileSync(at("service-accounts.pub"), publicKey.export({ type: "spki", format: "pem" }));
  const audit = {
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    omitStages: ["RequestReceived"],
    rules: [{ level: "Metadata" }],
  };
  writeFileSync(at("audit.yaml"), JSON.stringify(audit));
}

const kubeconfigOf = (server: string, authority: string, user: ClusterUser): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "real",
    clusters: [
      { name: "real", cluster: { server, "certificate-authority-data": Buffer.from(authority).toString("base64") } },
    ],
    contexts: [{ name: "real", context: { cluster: "real", user, namespace: "default" } }],
    users: [{ name: user, user: { token: tokenOf(user) } }],
  });

/** All are open at once, so that no two are the same. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject).listen(0, "127.0.0.1", () => {
            const address = server.address();
            if (address === null || typeof address === "string") reject(new Error("no port"));
            else resolve(address.port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const succeeds = (work: () => unknown): boolean => {
  try {
    work();
    return true;
  } catch {
    return false;
  }
};

async function until(
  holds: () => boolean,
  children: readonly ChildProcess[],
  at: (name: string) => string,
): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (!holds()) {
    const dead = children.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
    if (dead === undefined && Date.now() < deadline) {
      await sleep(100);
      continue;
    }
    const name = path.basename((dead ?? children.at(-1))?.spawnargs[3] ?? "");
    const said = readFileSync(at(`${name}.log`), "utf8")
      .trim()
      .split("\n")
      .slice(-5)
      .join("\n");
    throw new Error(`${name} ${dead === undefined ? "is not ready" : "ended"}: ${said}`);
  }
}

/** SIGTERM, and SIGKILL for what does not mind. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(late);
}
