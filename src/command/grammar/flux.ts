// flux, checked against 2.9.5 (run, and its source cmd/flux): what it shows of Flux's objects, and reconcile, suspend,
// resume of one named object.
import { fluxRefusedFlags, fluxRefusedVerbs } from "./flux-refusals.ts";
import { allNamespaces, boolean, namespaceFlag, watch } from "./kubectl-flags.ts";
import type { Flag, Grammar, VerbGrammar } from "./types.ts";

/** flux logs what went wrong for one of several objects and ends with 0. */
const failureSign = "✗ ";
const cluster = { egress: true, answers: [{ codes: [0] }], namespaced: true } as const;

/** flux waits five minutes for an answer; a command of ours ends within 55 s. */
const timeout: Flag = {
  name: "--timeout",
  type: { kind: "duration", minMs: 1000, maxMs: 600_000, capMs: 45_000 },
  class: "limit",
};
const reads = { ...cluster, effect: "read", defaults: { "--timeout": "25s" } } as const;

const toggle = (name: `--${string}`, type: Flag["class"] = "output"): Flag => ({ name, type: boolean, class: type });
const output: Flag = {
  name: "--output",
  aliases: ["-o"],
  type: { kind: "enum", values: ["json", "yaml"] },
  class: "output",
};
const kindName = /^[A-Za-z]{1,63}$/;

const change = {
  ...cluster,
  failureSign,
  effect: "write",
  operandsFirst: true,
} as const;

const verbs: readonly VerbGrammar[] = [
  {
    ...reads,
    verb: ["get"],
    failureSign,
    operands: { kind: "flux-objects", verb: "get" },
    operandsFirst: true,
    flags: [
      allNamespaces,
      {
        name: "--label-selector",
        aliases: ["-l"],
        type: { kind: "selector", of: "label" },
        class: "filter",
      },
      {
        name: "--status-selector",
        type: { kind: "pattern", pattern: /^[A-Za-z]{1,63}!?=[A-Za-z]{1,16}$/, looksLike: "ready=false" },
        class: "filter",
      },
      toggle("--no-header"),
      toggle("--show-source"),
      watch,
      timeout,
    ],
  },
  { ...reads, verb: ["stats"], operands: { kind: "flux-report", of: "stats" }, flags: [allNamespaces, timeout] },
  {
    ...reads,
    verb: ["tree"],
    operands: { kind: "flux-objects", verb: "tree", one: true },
    operandsFirst: true,
    flags: [toggle("--compact"), output, timeout],
  },
  { ...reads, namespaced: true, verb: ["trace"], operands: { kind: "flux-trace" }, flags: [timeout] },
  {
    ...reads,
    verb: ["events"],
    operands: { kind: "flux-report", of: "events" },
    flags: [
      allNamespaces,
      {
        name: "--for",
        type: {
          kind: "pattern",
          pattern: /^[A-Za-z]{1,63}(\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?$/,
          looksLike: "Kustomization/apps",
        },
        class: "filter",
      },
      {
        name: "--types",
        type: { kind: "pattern", pattern: /^(Normal|Warning)(,(Normal|Warning))?$/i, looksLike: "Warning" },
        class: "filter",
      },
      watch,
      timeout,
    ],
  },
  {
    ...reads,
    verb: ["logs"],
    operands: { kind: "flux-report", of: "logs" },
    defaults: { "--timeout": "25s", "--tail": "500" },
    flags: [
      allNamespaces,
      { name: "--flux-namespace", type: { kind: "namespace" }, class: "filter" },
      { name: "--kind", type: { kind: "pattern", pattern: kindName, looksLike: "Kustomization" }, class: "filter" },
      { name: "--name", type: { kind: "name" }, class: "filter" },
      { name: "--level", type: { kind: "enum", values: ["debug", "info", "error"] }, class: "filter" },
      { name: "--tail", type: { kind: "integer", min: 1, max: 2000 }, class: "limit" },
      { name: "--since", type: { kind: "duration", minMs: 1000, maxMs: 7 * 86_400_000 }, class: "limit" },
      {
        name: "--since-time",
        type: {
          kind: "pattern",
          pattern: /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$/,
          looksLike: "2026-01-31T12:00:00Z",
        },
        class: "limit",
      },
      { name: "--follow", aliases: ["-f"], type: boolean, falseIsDefault: true, class: "danger" },
      timeout,
    ],
  },
  { ...reads, verb: ["check"], operands: { kind: "flux-report", of: "check" }, flags: [toggle("--pre"), timeout] },
  {
    ...reads,
    verb: ["version"],
    operands: { kind: "flux-report", of: "version" },
    flags: [toggle("--client"), output, timeout],
  },
  {
    ...change,
    verb: ["reconcile"],
    operands: { kind: "flux-objects", verb: "reconcile", one: true },
    defaults: { "--timeout": "40s" },
    note: "the request stands even when the wait for it timed out: look with `flux get`",
    flags: [toggle("--with-source", "filter"), timeout],
  },
  {
    ...change,
    verb: ["suspend"],
    operands: { kind: "flux-objects", verb: "suspend", one: true },
    defaults: { "--timeout": "25s" },
    flags: [timeout],
  },
  {
    ...change,
    verb: ["resume"],
    operands: { kind: "flux-objects", verb: "resume", one: true },
    defaults: { "--timeout": "25s" },
    // Without it flux would wait for the object to become ready.
    pins: { "--wait": "false" },
    note: "flux does not wait for the resumed object: look with `flux get`",
    flags: [{ name: "--wait", type: boolean, class: "pin" }, timeout],
  },
];

export const flux: Grammar = {
  spec: {
    name: "flux",
    sandbox: "flux",
    probe: ["--version"],
    versionPattern: /^flux version ([0-9]+\.[0-9]+\.[0-9]+)/,
    atLeast: "2.9",
    below: "2.10",
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
  refusedFlags: fluxRefusedFlags,
  refusedVerbs: fluxRefusedVerbs,
  helpFlags: ["--help", "-h"],
  printsAlone: new Map([
    ["--version", "--version"],
    ["-v", "--version"],
    ["--help", "--help"],
    ["-h", "--help"],
  ]),
  home: "flux",
};
