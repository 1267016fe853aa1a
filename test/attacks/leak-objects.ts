// Objects of the cluster that hold canaries in every way that people put credentials there. Used by the leak hunt.
import { execFileSync } from "node:child_process";
import path from "node:path";
import { type Canary, canaryFor } from "../helpers/canary.ts";

export const kubectl = path.resolve(import.meta.dirname, "../../.tools/bin/kubectl");

export const makeObjects = () => ({
  stringData: canaryFor("Secret stringData"),
  env: canaryFor("env value"),
  flag: canaryFor("argument of a container"),
  annotation: canaryFor("token in an annotation", "ghp_"),
  config: canaryFor("ConfigMap value"),
  block: canaryFor("ConfigMap block"),
  log: canaryFor("log line"),
  logged: canaryFor("token in a log", "Bearer 1a"),
});

/** Answers what the Secret holds. */
export function plant(kubeconfig: string, objects: Readonly<Record<string, Canary>>): Canary {
  const value = (name: string): string => objects[name]?.value ?? "";
  const apply = (words: readonly string[]): void => {
    execFileSync(kubectl, [`--kubeconfig=${kubeconfig}`, ...words], { stdio: ["ignore", "ignore", "pipe"] });
  };
  const container = {
    name: "web",
    args: ["--db-password", value("flag"), `--db-token=${value("flag")}`],
    env: [
      { name: "DB_PASSWORD", value: value("env") },
      { name: "GH", value: value("annotation") },
    ],
  };
  const applied = { apiVersion: "v1", kind: "Secret", stringData: { a: value("stringData") } };
  const annotations = {
    note: value("annotation"),
    "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(applied),
  };
  const patch = { metadata: { annotations }, spec: { template: { spec: { containers: [container] } } } };
  apply(["patch", "deployment", "web", `--patch=${JSON.stringify(patch)}`]);
  const config = {
    "db.password": value("config"),
    "app.yaml": `db:\n  password: |\n    ${value("block")}\n  port: 1\n`,
  };
  apply(["patch", "configmap", "checkout-settings", `--patch=${JSON.stringify({ data: config })}`]);
  // Random since the simulated cluster started.
  const words = ["get", "secret", "checkout-db", "-o", "jsonpath={.data.DB_PASSWORD}"];
  const data = execFileSync(kubectl, [`--kubeconfig=${kubeconfig}`, ...words], { encoding: "utf8" });
  return { slot: "Secret data", value: Buffer.from(data, "base64").toString() };
}
