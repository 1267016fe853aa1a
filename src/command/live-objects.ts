// What a manifest would change, as it is now: the reads that show it, and the facts of what they print. Pure; the gate runs the
// reads at rungs 3 and 7, so that policy can tell what a manifest adds from what the object has already.
import type { Command, Draft, ObservedObject, ParseSettings, Plan } from "../domain/command.ts";
import { isMap, type Json } from "./manifests/json.ts";
import { ownerOf } from "./manifests/metadata.ts";
import { readManifest } from "./manifests/read-manifest.ts";
import { kindTable } from "./understand.ts";

/** Commands that change one object by its manifest; policy refuses those with more. */
const changing = ({ steps }: Plan): readonly Command[] =>
  steps
    .flatMap(({ stages }) => stages)
    .filter(({ manifests, resources }) => manifests?.length === 1 && resources.length === 1);

export const restsOnObjects = (plan: Plan): boolean => changing(plan).length > 0;

/** One read for each object; nothing is printed when it does not exist. */
export const readsOfObjects = (plan: Plan): readonly Draft[] =>
  changing(plan).flatMap(({ resources }) =>
    resources.map(({ group, resource, name, namespace }) => ({
      action: "command",
      steps: [
        {
          argv: [
            "kubectl",
            "get",
            group === "" ? resource : `${resource}.${group}`,
            name,
            ...(namespace === "" ? [] : [`--namespace=${namespace}`]),
            "--ignore-not-found=true",
            "--output=json",
          ],
        },
      ],
    })),
  );

/**
 * The facts of what such a read printed. Of an object that is not understood field by field only whose it is: what it has
 * already is then lent to no manifest.
 */
export function liveObject(
  printed: string,
  namespace: string,
  settings: ParseSettings,
): ObservedObject | "absent" | "unknown" {
  if (printed.trim() === "") return "absent";
  const read = readManifest(printed, { kinds: kindTable(settings), namespace });
  if (!("manifests" in read)) return headOf(printed, namespace);
  const [facts, ...more] = read.manifests;
  if (facts === undefined || more.length > 0) return "unknown";
  const { apiVersion, kind, namespace: seen, name, secretRefs, serviceAccount, automountToken, owner } = facts;
  const runs = { images: facts.images, command: facts.command };
  return { apiVersion, kind, namespace: seen, name, secretRefs, serviceAccount, automountToken, owner, ...runs };
}

function headOf(printed: string, namespace: string): ObservedObject | "unknown" {
  const value = parsed(printed);
  if (!isMap(value) || !isMap(value["metadata"]) || "items" in value) return "unknown";
  const { apiVersion, kind, metadata } = value;
  const { name } = metadata;
  if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof name !== "string") return "unknown";
  const nothingLent = { secretRefs: [], serviceAccount: "", automountToken: null };
  return { apiVersion, kind, namespace, name, ...nothingLent, owner: ownerOf(metadata) };
}

function parsed(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
