// What was asked of the Kubernetes API, held against the command model: every request is one that the model names, everything
// that the model names was asked for, and nothing but what the effect and the dry run allow was changed.
import type { Command, ResourceReference } from "../../../src/domain/command.ts";
import { type ApiRequest, isDry, type Place } from "./api.ts";

/** The first thing that does not agree. */
export function disagreement(command: Command, requests: readonly ApiRequest[], ended: boolean): string | undefined {
  for (const request of requests) {
    const problem = outside(command, request);
    if (problem !== undefined) return `${shown(request)}: ${problem}`;
  }
  // A client's dry run need not ask anything.
  if (!ended || command.dryRun) return undefined;
  const unasked = command.resources.find(
    (reference) =>
      !reference.secondary &&
      reference.group !== "helm.sh" &&
      !requests.some(({ place, query }) => place !== undefined && names(command, reference, place, query)),
  );
  return unasked === undefined ? undefined : `the model names ${JSON.stringify(unasked)}, which nobody asked for`;
}

export const shown = ({ method, path, query }: ApiRequest): string =>
  `${method} ${path}${query.size === 0 ? "" : `?${decodeURIComponent(query.toString())}`}`;

export const changes = ({ method, place }: ApiRequest): boolean => method !== "GET" && !isReview(place);

const isReview = (place: Place | undefined): boolean => place?.kind.resource.startsWith("selfsubject") === true;

function outside(command: Command, request: ApiRequest): string | undefined {
  const { place, query, method } = request;
  if (isReview(place)) return outsideReview(command, request);
  if (place === undefined) return "the model knows nothing of this place";
  // With --ignore-not-found kubectl looks whether the namespace, which the model does name, is there at all.
  if (place.kind.resource === "namespaces" && method === "GET" && command.namespaces.includes(place.name ?? ""))
    return undefined;
  const fitting = command.resources.filter((reference) => names(command, reference, place, query));
  if (fitting.length === 0) return "the model does not name it";
  if (!changes(request)) return outsideSelectors(command, fitting, request);
  if (command.effect === "read") return "the model says that nothing is changed";
  // A release's storage and its objects, which the model names besides, are what helm changes for it.
  if (command.binary === "helm") return command.dryRun && !isDry(request) ? "the model says dryRun" : undefined;
  // flux asks sources to reconcile, which the model names besides.
  if (command.binary !== "flux" && fitting.every(({ secondary }) => secondary))
    return "the model says that it is only read besides";
  if (command.dryRun !== isDry(request)) return `the model says dryRun: ${command.dryRun}`;
  const isRemoval = method === "DELETE";
  if (isRemoval !== (command.effect === "destructive")) return `the model says ${command.effect}`;
  const asked = /"replicas":([0-9]+)/.exec(request.body)?.[1];
  if (place.subresource === "scale" && Number(asked) !== command.replicas)
    return `the model says ${command.replicas} replicas, ${request.body}`;
  return undefined;
}

/** A question about rights names what the model's operands and namespace say. */
function outsideReview(
  { binary, verb, namespaces, operands, allNamespaces }: Command,
  { body }: ApiRequest,
): string | undefined {
  if (binary !== "kubectl" || verb[0] !== "auth") return "the model asks about no rights";
  if (verb[1] === "whoami") return undefined;
  const [action = "", target = ""] = operands;
  const [type = "", name = ""] = target.split("/");
  const [resource = "", ...group] = type.split(".");
  const expected = [
    ...(allNamespaces ? [] : namespaces),
    ...(action === "*" ? [] : [action]),
    resource,
    group.join("."),
    name,
  ];
  const absent = expected.find((word) => word !== "" && !body.includes(word));
  return absent === undefined ? undefined : `the question does not hold ${absent}: ${JSON.stringify(body)}`;
}

/** The selectors of what was named, as the API got them. */
function outsideSelectors(
  { selectors, resources }: Command,
  fitting: readonly ResourceReference[],
  { query, place }: ApiRequest,
): string | undefined {
  const isPrimary = fitting.some(({ secondary, name }) => !secondary && name === "");
  const isNamedToo = resources.some((one) => one.secondary && one.resource === place?.kind.resource);
  if (!isPrimary || isNamedToo || place?.name !== undefined) return undefined;
  for (const [key, parameter] of [
    ["label", "labelSelector"],
    ["field", "fieldSelector"],
  ] as const) {
    // What asks for less than the model says, as `events --for` by fields of the object, is no more than it says.
    if (selectors[key] === undefined) continue;
    const [said, asked] = [selectors[key] ?? "", query.get(parameter) ?? ""].map(terms);
    if (said !== asked) return `the model says ${key} selector ${said}`;
  }
  return undefined;
}

/** The terms of a selector, without blanks, in order. */
const terms = (selector: string): string =>
  selector
    .replaceAll(/\bin\b|\bnotin\b/g, (word) => `~${word}~`)
    .replaceAll(/\s/g, "")
    .replaceAll("==", "=")
    .split(/,(?![^(]*\))/)
    .toSorted()
    .join(",");

function names(command: Command, reference: ResourceReference, place: Place, query: URLSearchParams): boolean {
  const { kind, namespace, name } = place;
  if (reference.group !== "*" && !(reference.group === kind.group && reference.resource === kind.resource))
    return false;
  const isInside = kind.namespaced && !reference.secondary && !command.allNamespaces;
  if (isInside && reference.group !== "*" && (reference.namespace === "" || namespace !== reference.namespace))
    return false;
  if (reference.namespace !== "" && namespace !== reference.namespace) return false;
  if (reference.nameMatch !== "exact") return true;
  return (
    name === reference.name ||
    query.get("fieldSelector")?.split(",").includes(`metadata.name=${reference.name}`) === true
  );
}
