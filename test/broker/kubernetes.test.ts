// Properties of the check before the Kubernetes API, asked directly: whatever the request, what passes is what an independent and
// much simpler reading of the command allows.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKubernetesCheck } from "../../src/broker/kubernetes/check.ts";
import { readApiPath } from "../../src/broker/kubernetes/read-path.ts";
import { termsOf } from "../../src/broker/kubernetes/read-query.ts";
import type { Asked, Passed } from "../../src/broker/verdict.ts";
import { stagesOf } from "../command/reading.ts";

function checkOf(words: string) {
  const [command] = stagesOf(words);
  if (command === undefined) throw new Error("no command");
  return createKubernetesCheck(command, () => ({ url: "http://127.0.0.1:1" }));
}

const method = fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get");
const segment = fc.oneof(
  fc.constantFrom(
    "api",
    "apis",
    "v1",
    "apps",
    "namespaces",
    "default",
    "kube-system",
    "pods",
    "secrets",
    "deployments",
  ),
  fc.constantFrom("web", "log", "exec", "scale", "watch", "proxy", "leases", "coordination.k8s.io", "nodes", "status"),
  fc.constantFrom("", ".", "..", "%2e%2e", "web%2f..", "web;x", "WEB", "we b", "web\0", "web\n", "wéb"),
);
const path = fc.array(segment, { maxLength: 8 }).map((parts) => `/${parts.join("/")}`);
const query = fc.oneof(
  fc.constantFrom(
    "",
    "limit=500",
    "watch=true",
    "watch=0",
    "follow=true",
    "dryRun=All",
    "fieldSelector=metadata.name%3Dweb",
  ),
  fc.constantFrom(
    "labelSelector=owner%3Dhelm",
    "force=true",
    "as=root",
    "limit=1&limit=2",
    "container=web",
    "%00",
    "pretty",
  ),
);
const asked = fc
  .record({ method, path, query })
  .map((given): Asked => ({ ...given, authority: "kubernetes.aisre", headers: {} }));

/** Named by regular expressions, for one command each. */
const discovery = /^GET \/(?:version|openapi\/v[23](?:\/[a-z0-9./-]+)?|api(?:\/v1)?|apis(?:\/[a-z0-9.-]+){0,2})$/;
const allowed: readonly (readonly [words: string, passes: RegExp])[] = [
  ["kubectl get pods", /^GET \/api\/v1\/namespaces\/default\/pods(?:\/[a-z0-9.-]+)?$/],
  ["kubectl get deployment web", /^GET \/apis\/apps\/v1\/namespaces\/default\/deployments(?:\/web)?$/],
  ["kubectl logs web", /^GET \/api\/v1\/namespaces\/default\/pods(?:\/web(?:\/log)?)?$/],
  ["kubectl delete pod web", /^(?:GET|DELETE) \/api\/v1\/namespaces\/default\/pods(?:\/web)?$/],
  [
    "kubectl scale deployment web --replicas=2",
    /^(?:(?:GET|PATCH|PUT) \/apis\/apps\/v1\/namespaces\/default\/deployments\/web\/scale|GET \/apis\/apps\/v1\/namespaces\/default\/deployments(?:\/web)?)$/,
  ],
  ["kubectl get nodes", /^GET \/api\/v1\/nodes(?:\/[a-z0-9.-]+)?$/],
  ["kubectl version", /^$/],
];

describe("the check", () => {
  it.each(allowed)("lets pass for `%s` what it is about, and nothing else", (words, passes) => {
    const judge = checkOf(words);
    fc.assert(
      fc.property(asked, (request) => {
        const verdict = judge(request);
        const line = `${request.method} ${request.path}`;
        expect(verdict.ok && !discovery.test(line) && !passes.test(line), line).toBe(false);
        // A read is never a wait, and never the whole of what is only named.
        expect(verdict.ok && /watch=true|follow=true|as=root|limit=1|pretty|%00/.test(request.query)).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  it("sends on exactly the path that it judged, and a query that it wrote itself", () => {
    const judge = checkOf("kubectl get pods");
    fc.assert(
      fc.property(asked, (request) => {
        const verdict = judge(request);
        if (!verdict.ok) return;
        const { target }: Passed = verdict;
        const url = new URL(target, "http://api");
        expect(url.pathname).toBe(request.path);
        expect([...url.searchParams]).toEqual([...new URLSearchParams(request.query)]);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads a path in one way only", () => {
    fc.assert(
      fc.property(path, (text) => {
        const read = readApiPath(text);
        if (read?.kind !== "object") return;
        const { group, namespace, resource, name, subresource } = read;
        const root = group === "" ? "/api" : `/apis/${group}`;
        const version = text.split("/")[group === "" ? 2 : 3];
        const parts = [
          root,
          version,
          ...(namespace === "" ? [] : ["namespaces", namespace]),
          resource,
          name,
          subresource,
        ];
        expect(parts.filter((part) => part !== "").join("/")).toBe(text);
      }),
      { numRuns: 3000 },
    );
  });

  it("parts a selector at commas outside of brackets", () => {
    expect(termsOf("a=b,c in (d,owner=helm), e")).toEqual(["a=b", "c in (d,owner=helm)", "e"]);
  });
});
