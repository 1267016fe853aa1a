// Manifests for the tests of this room: documents built from parts, and how to ask what they come to.
import type { Command, NotUnderstood } from "../../src/domain/command.ts";
import { commandOf, planOf, refusalOf } from "./reading.ts";

export const apply = ["kubectl", "apply", "-f", "-"];

/** The model of `kubectl apply -f -` with this text or object as standard input. */
export const applied = (manifest: unknown): Command => commandOf(apply, textOf(manifest));
export const refused = (manifest: unknown): NotUnderstood => refusalOf(apply, textOf(manifest));
/** What kubectl gets. */
export const renderedText = (manifest: unknown): string => planOf(apply, textOf(manifest)).steps[0]?.stdin ?? "";

const textOf = (manifest: unknown): string => (typeof manifest === "string" ? manifest : JSON.stringify(manifest));

export const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" }, data: { level: "debug" } };

/** A Deployment whose pods have these fields besides one container, which has these. */
export const deployment = (pod: object = {}, container: object = {}, spec: object = {}) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "web", image: "web:1", ...container }], ...pod },
    },
    ...spec,
  },
});

/** The facts of a manifest that differ from a plain one's of the same kind. */
export function factsOf(manifest: unknown): Readonly<Record<string, unknown>> {
  const [facts, second] = applied(manifest).manifests ?? [];
  if (facts === undefined || second !== undefined) throw new Error("not one document");
  const plain: Readonly<Record<string, unknown>> = {
    images: [],
    secretRefs: [],
    serviceAccount: "",
    automountToken: null,
    hostNamespaces: [],
    privileged: false,
    capabilities: [],
    volumes: [],
    command: [],
    owner: "",
  };
  const { apiVersion: _version, kind: _kind, namespace: _namespace, name: _name, ...told } = facts;
  return Object.fromEntries(
    Object.entries(told).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(plain[key])),
  );
}
