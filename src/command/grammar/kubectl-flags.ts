// Flags that several verbs of kubectl share. Data for kubectl.ts.
import type { Flag } from "./types.ts";

export const boolean = { kind: "boolean" } as const;
export const namespaceFlag: Flag = {
  name: "--namespace",
  aliases: ["-n"],
  type: { kind: "namespace" },
  class: "scope",
};
export const allNamespaces: Flag = { name: "--all-namespaces", aliases: ["-A"], type: boolean, class: "scope" };
export const selector: Flag = {
  name: "--selector",
  aliases: ["-l"],
  type: { kind: "selector", of: "label" },
  class: "filter",
};
export const fieldSelector: Flag = {
  name: "--field-selector",
  type: { kind: "selector", of: "field" },
  class: "filter",
};
export const noHeaders: Flag = { name: "--no-headers", type: boolean, class: "output" };
export const showLabels: Flag = { name: "--show-labels", type: boolean, class: "output" };
export const ignoreNotFound: Flag = { name: "--ignore-not-found", type: boolean, class: "output" };
export const watch: Flag = { name: "--watch", aliases: ["-w"], type: boolean, falseIsDefault: true, class: "danger" };
/** `rollout status` watches unless told not to: here false means something. */
export const watchRollout: Flag = { name: "--watch", aliases: ["-w"], type: boolean, class: "limit" };
export const dryRun: Flag = {
  name: "--dry-run",
  type: { kind: "enum", values: ["server", "client", "none"] },
  glued: true,
  class: "limit",
};
export const printer = (...values: readonly string[]): Flag => ({
  name: "--output",
  aliases: ["-o"],
  type: { kind: "printer", values },
  class: "output",
});
export const sortBy: Flag = {
  name: "--sort-by",
  type: { kind: "pattern", pattern: /^[{.A-Za-z][^\p{Cc}]{0,255}$/u, looksLike: ".metadata.name" },
  class: "output",
};
export const since: Flag = {
  name: "--since",
  type: { kind: "duration", minMs: 1000, maxMs: 7 * 86_400_000 },
  class: "limit",
};
export const requestTimeout: Flag = {
  name: "--request-timeout",
  type: { kind: "enum", values: ["30s"] },
  class: "pin",
};
/** A word behind it would name another object: `delete pod web --wait false` deletes the pod `false` too. */
export const waitFlag: Flag = { name: "--wait", type: { kind: "enum", values: ["false"] }, glued: true, class: "pin" };
/** `-f -` and nothing else: a path, a folder or a URL would be read by kubectl, unseen. */
export const filename: Flag = {
  name: "--filename",
  aliases: ["-f"],
  type: { kind: "enum", values: ["-"] },
  class: "limit",
};
/** Who changed what, in the object itself (`metadata.managedFields`), for the verbs that can say it. */
export const fieldManager: Flag = {
  name: "--field-manager",
  type: { kind: "enum", values: ["ai-sre"] },
  class: "pin",
};
/** Whatever is asked for, the API server validates strictly: the pin is rendered in its place. */
export const validate: Flag = {
  name: "--validate",
  type: { kind: "enum", values: ["strict", "true", "warn", "ignore", "false"] },
  glued: true,
  class: "pin",
};
