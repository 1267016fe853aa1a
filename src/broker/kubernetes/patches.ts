// What a patch may touch, verb by verb: a label may not become an image on its way. Data and one walk over the body; used by
// check.ts. Verbs that are not listed send whole objects (apply, rollback), whose content was judged or is the cluster's own.
import type { Command } from "../../domain/command.ts";
import { fieldsOf, type LookAt } from "../json-body.ts";

/** Whether one value at the end of one path is part of the change that was judged; list items are all called `[]`. */
type MaySet = (path: string, value: unknown, command: Command) => boolean;

/** As a JSON pointer: `/` in a key is `~1`. */
const at =
  (pattern: RegExp): MaySet =>
  (path) =>
    pattern.test(path);

/** `label KEY=VALUE` and `KEY-`: one of the command's own words. */
const pairsBelow =
  (folder: string): MaySet =>
  (path, value, { operands }) => {
    if (!path.startsWith(`${folder}/`)) return false;
    const key = path.slice(folder.length + 1).replaceAll("~1", "/");
    if (value === null) return operands.includes(`${key}-`);
    return typeof value === "string" && operands.includes(`${key}=${value}`);
  };

const inContainers = /^spec\/(?:template\/spec\/)?(?:\$setElementOrder~1)?(?:initC|c)ontainers\/\[\]\/(name|image)$/;

const patches: ReadonlyMap<string, MaySet> = new Map<string, MaySet>([
  ["kubectl rollout restart", at(/^spec\/template\/metadata\/annotations\/kubectl\.kubernetes\.io~1restartedAt$/)],
  ["kubectl scale", (path, value, { replicas }) => path === "spec/replicas" && value === replicas],
  [
    "kubectl set image",
    (path, value, { operands }) => {
      const [, field] = inContainers.exec(path) ?? [];
      if (field === "image" && typeof value === "string") return operands.some((one) => one.endsWith(`=${value}`));
      return field === "name";
    },
  ],
  ["kubectl label", pairsBelow("metadata/labels")],
  ["kubectl annotate", pairsBelow("metadata/annotations")],
  ["kubectl cordon", (path, value) => path === "spec/unschedulable" && value === true],
  ["kubectl uncordon", (path, value) => path === "spec/unschedulable" && value !== true],
  ["flux suspend", (path, value) => path === "spec/suspend" && value === true],
  ["flux resume", (path, value) => path === "spec/suspend" && value !== true],
  ["flux reconcile", at(/^metadata\/annotations\/reconcile\.fluxcd\.io~1(?:requestedAt|forceAt|resetAt)$/)],
]);

/** Undefined: this verb's bodies say nothing that could be compared. */
export function patchOf(command: Command): LookAt | undefined {
  const maySet = patches.get([command.binary, ...command.verb].join(" "));
  if (maySet === undefined) return undefined;
  return (body) => {
    const leaves = [...leavesOf(body, "")];
    if (leaves.length === 0) return "a change without a body was not judged";
    const foreign = leaves.find(([path, value]) => !maySet(path, value, command));
    return foreign === undefined ? undefined : `changing ${foreign[0].slice(0, 200)} was not judged`;
  };
}

function* leavesOf(value: unknown, path: string): Iterable<readonly [path: string, value: unknown]> {
  if (typeof value !== "object" || value === null) {
    yield [path, value];
    return;
  }
  const inner = Array.isArray(value)
    ? value.map((item): [string, unknown] => ["[]", item])
    : Object.entries(fieldsOf(value)).map(([key, item]): [string, unknown] => [key.replaceAll("/", "~1"), item]);
  for (const [key, item] of inner) yield* leavesOf(item, path === "" ? key : `${path}/${key}`);
}
