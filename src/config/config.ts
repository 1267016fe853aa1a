// The frozen configuration: what the environment and the files came to. Every room is handed its own part by compose.ts.
import type { FsyncPolicy } from "../domain/audit.ts";
import type { Endpoints } from "../domain/command.ts";
import type { Principal } from "../domain/principal.ts";
import type { SandboxMode } from "../domain/sandbox.ts";

/** One principal and the SHA-256 (hex, lower case) of each of its keys; several so that keys can rotate. */
export interface PrincipalKeys extends Pick<Principal, "id" | "roles"> {
  readonly keySha256: readonly string[];
}

export interface ServerConfig {
  /** Address to bind; `127.0.0.1` unless set. */
  readonly host: string;
  readonly port: number;
  /** A listener of its own for /metrics, when set. */
  readonly metricsPort?: number;
  /** Host names (without port) that the MCP endpoints answer to. */
  readonly allowedHosts: readonly string[];
  /** Origins (scheme://host[:port]) that may call from a browser; a request without Origin passes. */
  readonly allowedOrigins: readonly string[];
  /** Largest request body and WebSocket frame, bytes. */
  readonly maxBodyBytes: number;
}

export interface ExecutionConfig {
  /** Folders searched for binaries, in order. */
  readonly toolPath: readonly string[];
  readonly kubeconfig?: string;
  readonly kubeContext?: string;
  /** Without KUBECONFIG, in a pod: https://HOST:PORT of the API server, and where the service account is mounted. */
  readonly inCluster?: { readonly server: string; readonly folder: string };
  /** GITHUB_TOKEN: what the broker logs in with at the forge. */
  readonly githubToken?: string;
  readonly sandbox: SandboxMode;
  /** Folders searched for the sandbox's helper, in order. */
  readonly helperPath: readonly string[];
  /** Absent: as many as the container bears. */
  readonly maxConcurrency?: number;
  readonly maxQueue: number;
}

export interface WorkspaceConfig {
  /** OWNER/REPO. */
  readonly repository: string;
  /** Where the clone goes; a folder of this run when absent. */
  readonly folder?: string;
}

export interface Config {
  readonly server: ServerConfig;
  readonly principals: readonly PrincipalKeys[];
  /** AISRE_PRINCIPALS_FILE, which is read again when it changes, and the principals that do not stand in it. */
  readonly principalsFile?: { readonly path: string; readonly others: readonly PrincipalKeys[] };
  /** 32 bytes from which every signing and MAC key is derived by HKDF. */
  readonly secretKey: Buffer;
  /** True when the key was made for this process because none was configured. */
  readonly secretKeyGenerated: boolean;
  readonly policy: {
    /** Folder of policy.wasm, data.json, annotations.json, cases.json, manifest.json. */
    readonly folder: string;
    /** YAML text of AISRE_POLICY_DATA as it was at the start, and where it lies. */
    readonly dataFile?: string;
    readonly dataPath?: string;
    /** What messages call it, where an option of the command line named it and not the variable. */
    readonly dataName?: string;
    /** Folder of a candidate that is asked beside it and decides nothing. */
    readonly shadowFolder?: string;
    /** PEM text of the keys, one of which must have signed the bundle. */
    readonly publicKeys?: string;
    /** The one revision of a signed bundle that may be used. */
    readonly revision?: string;
    /** Site data that single environment variables stand for (FLUX_NAMESPACE …). */
    readonly environmentLayer: Readonly<Record<string, unknown>>;
    /** PROMETHEUS_URL and ALERTMANAGER_URL, for the tools that ask there. */
    readonly endpoints?: Endpoints;
  };
  /** GITHUB_SERVER_URL, without a final slash. */
  readonly serverUrl: string;
  /** The clone that git works in; absent without GITHUB_REPO. */
  readonly workspace?: WorkspaceConfig;
  readonly audit: { readonly file?: string; readonly fsync: FsyncPolicy };
  /** Where it is kept what was decided and spent. */
  readonly approvalLedger: "memory" | "kubernetes";
  readonly execution: ExecutionConfig;
  /** True when an OTEL_* exporter variable asks for tracing. */
  readonly tracing: boolean;
  readonly logLevel: string;
}
