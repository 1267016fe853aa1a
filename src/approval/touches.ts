// What a plan would touch, in the server's own words: one line for each command and each file. Pure; used by the summary.
import type { Command, Observed, Plan, Step } from "../domain/command.ts";
import { shownWord } from "./plain-words.ts";

/** `write deployments.apps web in namespace default` */
export const touchesOf = (plan: Plan): readonly string[] =>
  plan.steps.flatMap((step) => [
    ...(step.fileChanges ?? []).map(({ operation, path }) => `${operation} the file ${shownWord(path)}`),
    ...step.stages.flatMap((command) => [touchOf(command), ...manifestNotes(command, plan.observed)]),
    ...branchNote(step, plan),
  ]);

function touchOf(command: Command): string {
  const { effect, resources, urls, git, repositories = [] } = command;
  const objects = resources
    .filter(({ secondary }) => !secondary)
    .map(({ group, resource, name, namespace }) =>
      [
        group === "" ? resource : `${resource}.${group}`,
        name === "" ? "(all of them)" : shownWord(name),
        namespace === "" ? "" : `in namespace ${namespace}`,
      ]
        .filter((part) => part !== "")
        .join(" "),
    );
  const places = urls.map(({ method, scheme, host, port, path }) =>
    shownWord(`${method} ${scheme}://${host}:${port}${path}`),
  );
  const refs = (git?.refs ?? []).flatMap(({ destination, force }) =>
    destination === "" ? [] : [`${force ? "overwrites " : ""}${shownWord(destination)}`],
  );
  const named = [...objects, ...places, ...refs, ...repositories.map((name) => `repository ${shownWord(name)}`)];
  return `${effect} ${named.length === 0 ? placesOf(command) : named.join(", ")}`;
}

const placesOf = ({ binary, allNamespaces, namespaces }: Command): string =>
  allNamespaces ? "in all namespaces" : namespaces.length === 0 ? binary : `in namespace ${namespaces.join(", ")}`;

const branchNote = ({ fileChanges }: Step, { workBranch }: Plan): readonly string[] =>
  fileChanges === undefined || workBranch === undefined
    ? []
    : [`on branch ${shownWord(workBranch.branch)}, from ${shownWord(workBranch.base)}`];

/** What a manifest brings with it, and what it would start in the place of what runs now. */
function manifestNotes({ manifests = [] }: Command, observed: Observed | undefined): readonly string[] {
  return manifests.flatMap(({ kind, namespace, name, images, command, secretRefs, serviceAccount }) => {
    const now = observed?.objects?.find(
      (object) => object.kind === kind && object.name === name && object.namespace === namespace,
    );
    const starts = command.map((words) => words.map(shownWord).join(" "));
    const wasStarted = now?.command?.map((words) => words.map(shownWord).join(" "));
    const secrets = secretRefs.map(shownWord).join(", ");
    const changed = [
      ...changeOf("images", now?.images?.map(shownWord), images.map(shownWord)),
      ...changeOf("commands", wasStarted, starts),
    ];
    return [
      ...changed,
      ...(secrets === ""
        ? []
        : [`the pods read the Secrets ${secrets}${changed.length === 0 ? "" : ", with the change above"}`]),
      ...(serviceAccount === "" ? [] : [`the pods act as service account ${shownWord(serviceAccount)}`]),
      ...(now === undefined ? [`${kind} ${shownWord(name)} is not there yet`] : []),
    ];
  });
}

function changeOf(what: string, before: readonly string[] | undefined, after: readonly string[]): readonly string[] {
  const [was, is] = [(before ?? []).join(" ; "), after.join(" ; ")];
  if (was === is) return [];
  return [`${what}: ${was === "" ? "none" : was} → ${is === "" ? "none" : is}`];
}
