// Environment and files → configuration: defaults, every problem at once, and what refuses to start.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { checkBind, loadConfig } from "../../src/config/load.ts";
import { hashKey } from "../../src/config/principals.ts";
import { StartError } from "../../src/errors.ts";

const folder = mkdtempSync(path.join(tmpdir(), "aisre-config-"));
const file = (name: string, text: string): string => {
  const target = path.join(folder, name);
  writeFileSync(target, text);
  return target;
};
const key = "0123456789abcdef";

function problemOf(environment: Readonly<Record<string, string>>): StartError {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

describe("loadConfig", () => {
  it("serves anonymous callers on loopback when nothing is set", () => {
    const config = loadConfig({});
    expect(config.server.host).toBe("127.0.0.1");
    expect(config.server.port).toBe(8080);
    expect(config.principals).toEqual([]);
    expect(config.secretKeyGenerated).toBe(true);
    expect(config.tracing).toBe(false);
  });

  it("keeps hashes of the keys and never the keys", () => {
    const config = loadConfig({ MCP_API_KEY: key, MCP_APPROVER_KEY: `${key}-b` });
    expect(config.principals).toEqual([
      { id: "n8n", roles: ["operator"], keySha256: [hashKey(key)] },
      { id: "approver", roles: ["approver"], keySha256: [hashKey(`${key}-b`)] },
    ]);
    expect(JSON.stringify(config)).not.toContain(key);
  });

  it("takes the secrets out of the process's environment", () => {
    vi.stubEnv("GITHUB_TOKEN", "a-token");
    vi.stubEnv("MCP_API_KEY", key);
    try {
      expect(loadConfig().execution.githubToken).toBe("a-token");
      expect([process.env["GITHUB_TOKEN"], process.env["MCP_API_KEY"]]).toEqual([undefined, undefined]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("finds the pod's own cluster where no kubeconfig is named", () => {
    const pod = { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "6443" };
    const folder = "/var/run/secrets/kubernetes.io/serviceaccount";
    expect(loadConfig(pod).execution.inCluster).toEqual({ server: "https://10.96.0.1:6443", folder });
    expect(loadConfig({ KUBERNETES_SERVICE_HOST: "fd00::1" }).execution.inCluster?.server).toBe(
      "https://[fd00::1]:443",
    );
    expect(loadConfig({ ...pod, KUBECONFIG: "/k" }).execution.inCluster).toBeUndefined();
    expect(loadConfig({}).execution.inCluster).toBeUndefined();
  });

  it("refuses a bind that others can reach without credentials", () => {
    for (const host of ["0.0.0.0", "::", "127.0.0.1.example.com"]) {
      expect(() => checkBind(loadConfig({ MCP_SERVER_HOST: host })), host).toThrow(/can be reached by other machines/);
    }
    for (const safe of [{ MCP_SERVER_HOST: "0.0.0.0", MCP_API_KEY: key }, { MCP_SERVER_HOST: "localhost" }]) {
      expect(() => checkBind(loadConfig(safe))).not.toThrow();
    }
  });

  it("wants a file for the audit where standard output carries the protocol, and binds nothing then", () => {
    expect(() => loadConfig({}, { stdio: true })).toThrow(/AISRE_AUDIT_FILE: is needed with --stdio/);
    const config = loadConfig({ AISRE_AUDIT_FILE: "/tmp/a", MCP_SERVER_HOST: "0.0.0.0" }, { stdio: true });
    expect(config.audit.file).toBe("/tmp/a");
  });

  it("makes places to ask of the monitoring URLs, to be read only", () => {
    const { policy } = loadConfig({ PROMETHEUS_URL: "http://p:9090", ALERTMANAGER_URL: "http://a:9093/am" });
    expect(policy.endpoints).toEqual({ prometheus: "http://p:9090", alertmanager: "http://a:9093/am" });
    expect(policy.environmentLayer).toEqual({
      hosts: [
        { url: "http://p:9090", methods: ["GET", "HEAD"] },
        { url: "http://a:9093/am", methods: ["GET", "HEAD"] },
      ],
    });
    expect(problemOf({ PROMETHEUS_URL: "http://user:word@p:9090" }).message).toContain("PROMETHEUS_URL: must be a URL");
    expect(loadConfig({}).policy.environmentLayer).toEqual({});
  });

  it("reports every problem at once, each with the variable's name", () => {
    const { message } = problemOf({ MCP_SERVER_PORT: "http", MCP_API_KEY: "short", AISRE_MAX_QEUE: "3" });
    expect(message.split("\n").map((line) => line.split(":")[0])).toEqual([
      "AISRE_MAX_QEUE",
      "MCP_SERVER_PORT",
      "MCP_API_KEY",
    ]);
    expect(message).toContain("did you mean AISRE_MAX_QUEUE?");
  });

  it.each([" ", "0x50", "1e3", "80.5", "-1", "65536", "99999999"])("takes %j for no port", (text) => {
    expect(problemOf({ MCP_SERVER_PORT: text }).message).toContain("MCP_SERVER_PORT");
  });

  it("refuses spans on standard output while the audit is written there", () => {
    const spans = { OTEL_TRACES_EXPORTER: "otlp, console" };
    expect(problemOf(spans).message).toContain("AISRE_AUDIT_FILE");
    expect(loadConfig({ ...spans, AISRE_AUDIT_FILE: "/var/log/audit.jsonl" }).tracing).toBe(true);
  });

  it("reads a key from the file that NAME_FILE names, and refuses both at once", () => {
    const keyFile = file("key", `${key}\n`);
    expect(loadConfig({ MCP_API_KEY_FILE: keyFile }).principals[0]?.keySha256).toEqual([hashKey(key)]);
    expect(problemOf({ MCP_API_KEY_FILE: keyFile, MCP_API_KEY: key }).message).toContain("MCP_API_KEY");
    expect(problemOf({ MCP_API_KEY_FILE: `${keyFile}-missing` }).message).toContain("ENOENT");
  });

  it("does not take an empty key file for no key", () => {
    expect(problemOf({ MCP_API_KEY_FILE: file("empty", "\n") }).message).toMatch(/^MCP_API_KEY_FILE: .* is empty$/m);
  });

  it("takes names and origins that a request can have, and names those that none can", () => {
    const places = { AISRE_ALLOWED_HOSTS: "ai-sre, [fd00::1]", AISRE_ALLOWED_ORIGINS: "https://n8n.example.com:8443" };
    expect(loadConfig(places).server).toMatchObject({
      allowedHosts: ["localhost", "127.0.0.1", "[::1]", "ai-sre", "[fd00::1]"],
      allowedOrigins: ["https://n8n.example.com:8443"],
    });
    for (const host of ["ai-sre:8080", "http://ai-sre", "*", "*.example.com"]) {
      expect(problemOf({ AISRE_ALLOWED_HOSTS: `ok, ${host}` }).message).toContain("AISRE_ALLOWED_HOSTS.1: must look");
    }
    for (const origin of ["n8n.example.com", "https://n8n.example.com/", "*", "null"]) {
      expect(problemOf({ AISRE_ALLOWED_ORIGINS: origin }).message).toContain("AISRE_ALLOWED_ORIGINS.0: must look");
    }
  });

  it("reads several principals with rotating keys from YAML", () => {
    const hashes = [hashKey("a".repeat(20)), hashKey("b".repeat(20))];
    const text = `- id: oncall\n  roles: [viewer]\n  key_sha256: [${hashes.join(", ")}]\n`;
    expect(loadConfig({ AISRE_PRINCIPALS_FILE: file("p.yaml", text) }).principals).toEqual([
      { id: "oncall", roles: ["viewer"], keySha256: hashes },
    ]);
  });

  it.each([
    ["an unknown field", `- id: a\n  roles: [viewer]\n  key_sha256: [${"0".repeat(64)}]\n  admin: true\n`, "admin"],
    ["an unknown role", `- id: a\n  roles: [root]\n  key_sha256: [${"0".repeat(64)}]\n`, "roles"],
    ["nobody in it", "[]\n", "at least one principal"],
    ["a key in clear", "- id: a\n  roles: [viewer]\n  key_sha256: [hunter2]\n", "key_sha256"],
    ["a repeated key", "- id: a\n  id: b\n", "not YAML"],
    [
      "one who may approve its own calls",
      `- id: a\n  roles: [operator, approver]\n  key_sha256: [${"0".repeat(64)}]\n`,
      "approve its own",
    ],
    [
      "a key that two share",
      `- {id: a, roles: [viewer], key_sha256: [${"0".repeat(64)}]}\n- {id: b, roles: [viewer], key_sha256: [${"0".repeat(64)}]}\n`,
      "share a key",
    ],
  ])("refuses a principals file with %s", (_what, text, word) => {
    expect(problemOf({ AISRE_PRINCIPALS_FILE: file("bad.yaml", text) }).message).toContain(word);
  });

  it("derives the same secret from the same file, and refuses a short one", () => {
    const secret = file("secret", "s".repeat(40));
    expect(loadConfig({ AISRE_SECRET_KEY_FILE: secret }).secretKey).toEqual(
      loadConfig({ AISRE_SECRET_KEY_FILE: secret }).secretKey,
    );
    expect(problemOf({ AISRE_SECRET_KEY_FILE: file("short", "abc") }).message).toContain("32 characters");
  });

  it("turns tracing on only for an exporter that OpenTelemetry's own variables name", () => {
    expect(loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" }).tracing).toBe(true);
    expect(
      loadConfig({ OTEL_TRACES_EXPORTER: "none", OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" }).tracing,
    ).toBe(false);
    expect(loadConfig({ OTEL_SDK_DISABLED: "true", OTEL_TRACES_EXPORTER: "otlp" }).tracing).toBe(false);
  });
});
