// helm keeps releases in Secrets: what of them a command may read and change. Used by check.ts, for helm and for flux, which looks
// into the releases of its HelmReleases. Held by `owner=helm` and by names `sh.helm.release.v1.RELEASE.vN`.
import type { Command } from "../../domain/command.ts";
import { kindOf, type Wanted } from "./scope.ts";
import { termsOf } from "./read-query.ts";

const stored = /^sh\.helm\.release\.v1\.([a-z0-9.-]{1,53})\.v[1-9][0-9]{0,5}$/;

/** Whether the model says that releases are read, in that namespace. */
const namesStorage = ({ resources }: Command, namespace: string): boolean =>
  resources.some(
    (one) => one.secondary && kindOf(one) === "secrets" && (one.namespace === "" || one.namespace === namespace),
  );

/** "" for all releases of the namespace. */
const releaseOf = ({ resources }: Command): string =>
  resources.find(({ group, resource }) => group === "helm.sh" && resource === "releases")?.name ?? "";

/** Undefined: it is none of helm's storage, or not of this command's release. */
export function isStoredRelease(command: Command, { operation, path, query }: Wanted): boolean {
  const { binary, verb, effect } = command;
  if (kindOf(path) !== "secrets" || path.namespace === "" || path.subresource !== "") return false;
  if (!(binary === "helm" || (binary === "flux" && verb[0] === "tree"))) return false;
  if (!namesStorage(command, path.namespace)) return false;
  const release = releaseOf(command);
  switch (operation) {
    case "list": {
      const terms = termsOf(query.get("labelSelector") ?? "");
      return terms.includes("owner=helm") && (release === "" || terms.includes(`name=${release}`));
    }
    case "get":
      return isNameOf(path.name, release);
    case "update":
    case "delete":
    case "create":
      // A creation says its name in its body: see bodies.ts.
      return effect !== "read" && release !== "" && (operation === "create" || isNameOf(path.name, release));
    case "watch":
    case "patch":
      return false;
  }
}

/** Whether a Secret's name is one of the release's revisions; of any release for "". */
export function isNameOf(name: string, release: string): boolean {
  const [, of] = stored.exec(name) ?? [];
  return of !== undefined && (release === "" || of === release);
}

export const storedNameOf = (command: Command) => (name: string) => isNameOf(name, releaseOf(command));
