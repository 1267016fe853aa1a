// The verbs of kubectl that change something, as kubectl.ts lists them. Understood is not allowed: policy says which.
import {
  boolean,
  dryRun,
  fieldManager,
  filename,
  ignoreNotFound,
  printer,
  validate,
  waitFlag,
} from "./kubectl-flags.ts";
import type { Flag, VerbGrammar } from "./types.ts";

const common = {
  effect: "write",
  egress: true,
  answers: [{ codes: [0] }],
  pins: { "--request-timeout": "30s" },
} as const;

/** `scale`, `rollout undo`, `delete` and `cordon` have no such flag. */
const signed = { ...common.pins, "--field-manager": "ai-sre" } as const;

/** Workloads with a rollout, and those with a number of replicas. */
export const restartable = ["deployments", "daemonsets", "statefulsets"];
const scalable = ["deployments", "statefulsets", "replicasets", "replicationcontrollers"];
const withImages = [...restartable, "replicasets", "replicationcontrollers", "pods"];

const replicas: Flag["type"] = { kind: "integer", min: 0, max: 1_000_000 };
const overwrite: Flag = { name: "--overwrite", type: boolean, class: "output" };

export const changes: readonly VerbGrammar[] = [
  {
    ...common,
    pins: signed,
    verb: ["rollout", "restart"],
    operands: { kind: "resources", one: { types: restartable } },
    flags: [fieldManager, printer("name")],
  },
  {
    ...common,
    verb: ["rollout", "undo"],
    operands: { kind: "resources", one: { types: restartable }, revisions: true },
    flags: [
      { name: "--to-revision", type: { kind: "integer", min: 0, max: 1_000_000 }, class: "filter" },
      dryRun,
      printer("name"),
    ],
  },
  {
    ...common,
    verb: ["scale"],
    operands: { kind: "resources", one: { types: scalable } },
    requires: ["--replicas"],
    flags: [
      { name: "--replicas", type: replicas, class: "limit" },
      { name: "--current-replicas", type: replicas, class: "filter" },
      dryRun,
      printer("name"),
    ],
  },
  {
    ...common,
    pins: { "--request-timeout": "30s", "--wait": "false" },
    verb: ["delete"],
    effect: "destructive",
    operands: { kind: "resources", one: {} },
    flags: [waitFlag, dryRun, ignoreNotFound, printer("name")],
  },
  {
    ...common,
    pins: { ...signed, "--validate": "strict" },
    verb: ["apply"],
    operands: { kind: "manifest" },
    requires: ["--filename"],
    flags: [fieldManager, filename, validate, dryRun, printer("name", "json", "yaml")],
  },
  {
    ...common,
    pins: signed,
    verb: ["set", "image"],
    operands: { kind: "assignments", of: "image", one: { types: withImages } },
    flags: [fieldManager, dryRun, printer("name")],
  },
  {
    ...common,
    pins: signed,
    verb: ["label"],
    operands: { kind: "assignments", of: "label", one: {} },
    flags: [fieldManager, overwrite, dryRun, printer("name")],
  },
  {
    ...common,
    pins: signed,
    verb: ["annotate"],
    operands: { kind: "assignments", of: "annotation", one: {} },
    flags: [fieldManager, overwrite, dryRun, printer("name")],
  },
  { ...common, verb: ["cordon"], operands: { kind: "node" }, flags: [dryRun] },
  { ...common, verb: ["uncordon"], operands: { kind: "node" }, flags: [dryRun] },
];
