// What the policy lets commands do in a cluster, as the rules of Roles: chart/files/access.json, from which the chart makes the
// server's RBAC. It is made from the policy's own data, so that the second wall stands where the first does. Used by chart-files.ts.
import { readFileSync } from "node:fs";
import * as z from "zod";
import { builtInKinds } from "../src/command/kubectl/resource-table.ts";
import { siteDataSchema } from "../src/policy/site-data.ts";

const dataSchema = z.looseObject({
  site: siteDataSchema,
  aisre: z.looseObject({
    kubectl: z.looseObject({
      readable: z.array(z.string()),
      scalable: z.array(z.string()),
      flux_groups: z.array(z.string()),
    }),
    flux: z.looseObject({ groups: z.array(z.string()) }),
  }),
});

/** One rule of a Role, as Kubernetes writes it. */
interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What `kubectl rollout` works on. */
const workloads = ["apps/daemonsets", "apps/deployments", "apps/statefulsets"];

/** Objects of Flux that the flux command neither reconciles nor suspends. */
const unchangeable = ["externalartifacts", "providers"];

/** The file's text. `dataFile` is the bundle's data.json. */
export function renderAccess(dataFile: string): string {
  const { site, aisre } = dataSchema.parse(JSON.parse(readFileSync(dataFile, "utf8")));
  const isFlux = (resource: string): boolean => aisre.kubectl.flux_groups.includes(groupOf(resource));
  const readable = aisre.kubectl.readable.filter((resource) => !isFlux(resource) && isNamespaced(resource));
  const flux = aisre.kubectl.readable.filter(isFlux);
  const reads = rulesOf(readable, ["get", "list"]);
  const access = {
    site,
    // Reads in each of site data's namespaces.
    read: [
      ...reads,
      ...rulesOf(["/pods/log"], ["get"]),
      // A rollout's status is watched.
      ...rulesOf(workloads, ["watch"]),
    ],
    // Flux's objects, in those namespaces and in Flux's own.
    flux_read: rulesOf(flux, ["get", "list"]),
    // What flux shows of its own controllers.
    flux_own: [
      ...rulesOf(["/events", "/pods", "apps/deployments"], ["list"]),
      // `flux trace deployment`.
      ...rulesOf(["apps/deployments"], ["get"]),
      ...rulesOf(["/pods/log"], ["get"]),
    ],
    // Repairs of named objects.
    change: [
      // Restart and undo.
      ...rulesOf(workloads, ["patch"]),
      ...rulesOf(
        aisre.kubectl.scalable.map((resource) => `${resource}/scale`),
        ["get", "patch", "update"],
      ),
      ...rulesOf(["/pods"], ["delete"]),
    ],
    // Reconcile, suspend, resume.
    flux_change: rulesOf(
      flux.filter((resource) => !unchangeable.includes(nameOf(resource))),
      ["patch"],
    ),
    // Of kinds that a manifest may bring.
    apply_verbs: ["create", "get", "patch"],
    // What Helm's releases rest on, where the site lets it.
    helm: rulesOf(["/secrets"], ["create", "delete", "get", "list", "patch", "update"]),
    // Custom resources tell flux which version of it is there.
    flux_cluster: rulesOf(["apiextensions.k8s.io/customresourcedefinitions"], ["get"]),
    // apiVersion/Kind, without the version, → group and resource.
    kinds: Object.fromEntries(
      builtInKinds.map(({ group, kind, resource }) => [group === "" ? kind : `${group}/${kind}`, { group, resource }]),
    ),
    // Cluster-scoped resource → its groups: metrics have nodes too.
    cluster_groups: clusterGroups(),
  };
  return `${JSON.stringify(access, null, 2)}\n`;
}

const groupOf = (resource: string): string => resource.slice(0, resource.indexOf("/"));

/** A subresource is written after its resource: `/pods/log`. */
const nameOf = (resource: string): string => resource.slice(resource.indexOf("/") + 1);

const isNamespaced = (resource: string): boolean =>
  builtInKinds.some((kind) => kind.namespaced && `${kind.group}/${kind.resource}` === resource);

/** `group/resource` names, one rule for each group. */
function rulesOf(resources: readonly string[], verbs: readonly string[]): readonly PolicyRule[] {
  const groups = Map.groupBy(resources, groupOf);
  return [...groups].map(([group, names]) => ({ apiGroups: [group], resources: names.map(nameOf).sort(), verbs }));
}

function clusterGroups(): Readonly<Record<string, readonly string[]>> {
  const groups = Map.groupBy(
    builtInKinds.filter(({ namespaced }) => !namespaced),
    ({ resource }) => resource,
  );
  return Object.fromEntries([...groups].map(([resource, kinds]) => [resource, kinds.map(({ group }) => group)]));
}
