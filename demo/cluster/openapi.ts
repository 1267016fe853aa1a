// As much of OpenAPI as kubectl wants to know before it sends a manifest: which kinds can be patched, that the server validates
// (it takes whatever is sent) and can run dry. Used by api.ts.
import { groupVersionOf, type Resource, resources } from "./discovery.ts";

const parameters = ["dryRun", "fieldManager", "fieldValidation"].map((name) => ({
  name,
  in: "query",
  schema: { type: "string" },
}));

const patched = resources.filter(({ verbs, namespaced }) => namespaced && verbs.includes("patch"));

const folderOf = (groupVersion: string): string => (groupVersion.includes("/") ? "apis/" : "api/") + groupVersion;

const pathOf = (resource: Resource): string =>
  `/${folderOf(groupVersionOf(resource))}/namespaces/{namespace}/${resource.name}/{name}`;

const documents: ReadonlyMap<string, object> = new Map([
  [
    "/openapi/v3",
    {
      paths: Object.fromEntries(
        patched.map((resource) => {
          const folder = folderOf(groupVersionOf(resource));
          return [folder, { serverRelativeURL: `/openapi/v3/${folder}?hash=simulated` }];
        }),
      ),
    },
  ],
  ...patched.map((resource): [string, object] => [
    `/openapi/v3/${folderOf(groupVersionOf(resource))}`,
    documentOf(groupVersionOf(resource)),
  ]),
]);

function documentOf(groupVersion: string) {
  const own = patched.filter((resource) => groupVersionOf(resource) === groupVersion);
  const operation = ({ group, version, kind }: Resource) => ({
    parameters,
    "x-kubernetes-group-version-kind": { group, version, kind },
    responses: {},
  });
  const paths = Object.fromEntries(own.map((resource) => [pathOf(resource), { patch: operation(resource) }]));
  return { openapi: "3.0.0", info: { title: "simulated", version: "1" }, paths };
}

/** Undefined for every other path. */
export const openApiDocument = (path: string): object | undefined => documents.get(path);
