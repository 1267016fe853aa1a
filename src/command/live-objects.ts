// What a manifest would change, as it is now: the reads that show it, and the facts of what they print. Pure; the gate runs the
// reads at rungs 3 and 7, so that policy can tell what a manifest adds from what the object has already.
import type { Command, Draft, ObservedObject, ParseSettings, Plan } from "../domain/command.ts";
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

/** The facts of what such a read printed; undefined when there is no object, or one that is not understood field by field. */
export function liveObject(printed: string, namespace: string, settings: ParseSettings): ObservedObject | undefined {
  if (printed.trim() === "") return undefined;
  const read = readManifest(printed, { kinds: kindTable(settings), namespace });
  const [facts, ...more] = "manifests" in read ? read.manifests : [];
  if (facts === undefined || more.length > 0) return undefined;
  const { apiVersion, kind, name, secretRefs, serviceAccount, automountToken, owner } = facts;
  return { apiVersion, kind, namespace: facts.namespace, name, secretRefs, serviceAccount, automountToken, owner };
}
