// helm, checked against 4.1.4 (run) and 4.3.1 (source, pkg/cmd): reads of releases, and a rollback to a named revision.
import { helmRefusedFlags, helmRefusedVerbs } from "./helm-refusals.ts";
import { allNamespaces, boolean, namespaceFlag, noHeaders, printer, selector } from "./kubectl-flags.ts";
import type { Flag, Grammar, VerbGrammar } from "./types.ts";

const reachesCluster = { egress: true, answers: [{ codes: [0] }], namespaced: true } as const;

const filter = (name: `--${string}`, ...aliases: readonly string[]): Flag => ({
  name,
  aliases,
  type: boolean,
  class: "filter",
});
const counted = (name: `--${string}`, min: number, ...aliases: readonly string[]): Flag => ({
  name,
  aliases,
  type: { kind: "integer", min, max: 1_000_000 },
  class: "limit",
});
const output = printer("table", "json", "yaml");

/** The wait is over before n8n gives up: whatever strategy the caller names, helm waits for hooks only. */
const waiting: readonly Flag[] = [
  {
    name: "--wait",
    type: { kind: "enum", values: ["watcher", "hookOnly", "legacy", "true", "false"] },
    glued: true,
    bare: "watcher",
    class: "pin",
  },
  { name: "--wait-for-jobs", type: boolean, class: "pin" },
];

const verbs: readonly VerbGrammar[] = [
  {
    ...reachesCluster,
    verb: ["list"],
    aliases: [["ls"]],
    effect: "read",
    operands: { kind: "releases" },
    flags: [
      allNamespaces,
      selector,
      {
        name: "--filter",
        aliases: ["-f"],
        // Go's regexp: linear, whatever it says.
        type: { kind: "pattern", pattern: /^[^\p{Cc}]{1,256}$/u, looksLike: "a regular expression" },
        class: "filter",
      },
      filter("--deployed"),
      filter("--failed"),
      filter("--pending"),
      filter("--superseded"),
      filter("--uninstalled"),
      filter("--uninstalling"),
      filter("--date", "-d"),
      filter("--reverse", "-r"),
      filter("--short", "-q"),
      noHeaders,
      counted("--max", 0, "-m"),
      counted("--offset", 0),
      output,
    ],
  },
  {
    ...reachesCluster,
    verb: ["status"],
    effect: "read",
    operands: { kind: "release", shows: "objects" },
    flags: [counted("--revision", 1), output],
  },
  {
    ...reachesCluster,
    verb: ["history"],
    aliases: [["hist"]],
    effect: "read",
    operands: { kind: "release" },
    flags: [counted("--max", 1), output],
  },
  {
    ...reachesCluster,
    verb: ["get", "notes"],
    effect: "read",
    operands: { kind: "release" },
    flags: [counted("--revision", 1)],
  },
  {
    verb: ["version"],
    egress: false,
    effect: "read",
    operands: { kind: "none" },
    answers: [{ codes: [0] }],
    flags: [filter("--short")],
  },
  {
    ...reachesCluster,
    verb: ["rollback"],
    effect: "destructive",
    operands: { kind: "release", shows: "objects", changes: true },
    pins: { "--wait": "hookOnly" },
    defaults: { "--timeout": "45s" },
    note: "helm does not wait for the rolled back objects: look with `helm status` and `kubectl rollout status`",
    flags: [
      ...waiting,
      {
        name: "--timeout",
        type: { kind: "duration", minMs: 1000, maxMs: 3_600_000, capMs: 45_000 },
        class: "limit",
      },
      {
        name: "--dry-run",
        type: { kind: "enum", values: ["client", "server", "none"] },
        glued: true,
        bare: "client",
        class: "limit",
      },
      filter("--no-hooks"),
      filter("--cleanup-on-fail"),
      counted("--history-max", 1),
    ],
  },
];

export const helm: Grammar = {
  spec: {
    name: "helm",
    sandbox: "helm",
    probe: ["version", "--short"],
    versionPattern: /^v([0-9]+\.[0-9]+\.[0-9]+)/,
    atLeast: "4.1",
    below: "4.4",
  },
  syntax: {
    longEquals: true,
    gluedShorts: true,
    shortEquals: true,
    booleanValues: true,
    foldUnderscores: false,
    doubleDash: false,
  },
  globalFlags: [namespaceFlag],
  verbs,
  refusedFlags: helmRefusedFlags,
  refusedVerbs: helmRefusedVerbs,
  helpFlags: ["--help", "-h"],
  printsAlone: new Map([
    ["--help", "--help"],
    ["-h", "--help"],
  ]),
};
