// flux's grammar: what every verb renders to, which spellings are the same, and what is not understood.
import { describe, expect, it } from "vitest";
import { fluxKinds } from "../../src/command/flux/kinds.ts";
import { builtInKinds } from "../../src/command/kubectl/resource-table.ts";
import { understand } from "../../src/command/understand.ts";
import { commandOf, refusalOf, rendered, settings } from "./reading.ts";

const ours = "--namespace=flux-system";
const reads = `${ours} --timeout=25s`;

describe("the argv that runs", () => {
  it.each([
    ["flux get ks", `flux get kustomization ${reads}`],
    ["flux get hr web -n default", "flux get helmrelease web --namespace=default --timeout=25s"],
    ["flux get -n default hr", "flux get helmrelease --namespace=default --timeout=25s"],
    ["flux -n shop get sources git", "flux get source git --namespace=shop --timeout=25s"],
    ["flux get images all", `flux get image all ${reads}`],
    ["flux get all -A", "flux get all --all-namespaces --timeout=25s"],
    [
      "flux get ks --status-selector ready=false",
      `flux get kustomization ${ours} --status-selector=ready=false --timeout=25s`,
    ],
    ["flux get ks -l a=b --timeout=5m", `flux get kustomization ${ours} --label-selector=a=b --timeout=45s`],
    ["flux stats", `flux stats ${reads}`],
    ["flux tree ks apps --compact", `flux tree kustomization apps ${ours} --compact --timeout=25s`],
    ["flux trace deploy web -n default", "flux trace --namespace=default --timeout=25s deployments.apps web"],
    ["flux trace ns/shop", `flux trace ${reads} namespaces shop`],
    ["flux events --for Kustomization/apps", `flux events ${ours} --for=Kustomization/apps --timeout=25s`],
    ["flux logs --tail 100", `flux logs ${ours} --flux-namespace=flux-system --tail=100 --timeout=25s`],
    ["flux logs -n shop", "flux logs --namespace=shop --flux-namespace=flux-system --tail=500 --timeout=25s"],
    ["flux check --pre", `flux check ${ours} --pre --timeout=25s`],
    ["flux version --client -o json", `flux version ${ours} --client --output=json --timeout=25s`],
    ["flux reconcile ks apps --with-source", `flux reconcile kustomization apps ${ours} --with-source --timeout=40s`],
    ["flux reconcile source git apps --timeout 10s", `flux reconcile source git apps ${ours} --timeout=10s`],
    ["flux suspend hr web", `flux suspend helmrelease web ${reads}`],
    ["flux resume ks apps", `flux resume kustomization apps ${ours} --wait=false --timeout=25s`],
    ["flux resume ks apps --wait", `flux resume kustomization apps ${ours} --wait=false --timeout=25s`],
    ["flux --version", "flux --version"],
    ["flux -v", "flux --version"],
    ["flux --help", "flux --help"],
    ["flux get ks --help", "flux get --help"],
  ])("%s", (words, argv) => {
    expect(rendered(words)).toBe(argv);
  });

  it("works in site data's Flux namespace, and not in the default one", () => {
    const draft = { action: "command", steps: [{ argv: ["flux", "logs"] }] } as const;
    expect(understand(draft, { ...settings, fluxNamespace: "gitops" })).toMatchObject({
      ok: true,
      plan: {
        steps: [{ stages: [{ namespaces: ["gitops"], flags: { "--flux-namespace": ["gitops"] } }] }],
      },
    });
  });
});

describe("the model", () => {
  it("names objects by group and resource, whatever flux calls them", () => {
    expect(commandOf("flux suspend alert-provider slack -n default").resources).toEqual([
      {
        group: "notification.toolkit.fluxcd.io",
        resource: "providers",
        name: "slack",
        namespace: "default",
        nameMatch: "exact",
        secondary: false,
      },
    ]);
  });

  it("of `get all` names every kind that get knows", () => {
    const named = commandOf("flux get all").resources.map(({ resource }) => resource);
    expect(new Set(named)).toEqual(new Set(fluxKinds.map(({ resource }) => resource)));
  });

  it("of logs names the pods of the controllers, where they are", () => {
    const [pods] = commandOf("flux logs -n default").resources;
    expect(pods).toMatchObject({ group: "", resource: "pods", namespace: "flux-system", secondary: false });
  });

  it("of tree names the Secrets of helm's storage, and of check the host that it asks", () => {
    expect(commandOf("flux tree ks apps").resources).toContainEqual(
      expect.objectContaining({ resource: "secrets", secondary: true }),
    );
    expect(commandOf("flux check").urls).toMatchObject([{ host: "api.github.com", method: "GET" }]);
  });

  it("of a reconciliation with its source names the sources as asked besides", () => {
    expect(commandOf("flux reconcile ks apps").resources).toHaveLength(1);
    const [first, ...others] = commandOf("flux reconcile ks apps --with-source").resources;
    expect(first).toMatchObject({ resource: "kustomizations", name: "apps", secondary: false });
    expect(others.map(({ resource, secondary }) => `${resource} ${secondary}`)).toContain("gitrepositories true");
  });

  it("knows only kinds that the table of the API has", () => {
    const table = new Set(builtInKinds.map(({ group, resource, kind }) => `${group}/${resource}/${kind}`));
    const unknown = fluxKinds.filter(({ group, resource, kind }) => !table.has(`${group}/${resource}/${kind}`));
    expect(unknown).toEqual([]);
  });
});

describe("what is not understood names the token and what to do instead", () => {
  it.each([
    ["flux get", "get", "flux get kustomization"],
    ["flux get pods", "pods", "kustomization"],
    ["flux get kustomizatoin", "kustomizatoin", "kustomization"],
    ["flux get source", "source", "flux get source git"],
    ["flux get source svn", "svn", "flux get source git"],
    ["flux get ks a b", "b", "one call per object"],
    ["flux get all apps", "apps", "leave one out"],
    ["flux get ks apps -A", "apps", "leave one out"],
    ["flux get source git --show-source", "--show-source", "leave it out"],
    ["flux get ks --ns-follows-kube-context", "--ns-follows-kube-context", "--namespace=NAME"],
    ["flux get ks --all", "--all", "flux reconcile kustomization NAME"],
    ["flux reconcile ks", "ks", "flux reconcile kustomization NAME"],
    ["flux reconcile kustomizations apps", "kustomizations", "kustomization"],
    ["flux reconcile alert slack", "alert", undefined],
    ["flux reconcile ks apps --timeout=24h", "--timeout=24h", "30s"],
    ["flux reconcile hr web --force", "--force", "flux reconcile kustomization NAME"],
    ["flux reconcile source git apps --with-source", "--with-source", "leave it out"],
    ["flux resume ks --all", "--all", "flux reconcile kustomization NAME"],
    ["flux suspend ks a b", "b", "one call per object"],
    ["flux suspend source external a", "external", "flux suspend source git"],
    ["flux tree hr web", "hr", undefined],
    ["flux trace pod", "pod", "flux trace deployment NAME"],
    ["flux trace pod/a pod/b", "pod/b", undefined],
    ["flux trace web --kind=Deployment", "--kind=Deployment", "flux trace TYPE NAME"],
    ["flux events --for Pod/web", "--for", "--for=Kustomization/NAME"],
    ["flux stats apps", "apps", "leave it out"],
    ["flux logs --tail=-1", "--tail=-1", "--tail=1..2000"],
    ["flux export ks apps", "export", "flux get KIND NAME, flux tree kustomization NAME"],
    ["flux create tenant x", "create", undefined],
    ["flux --kubeconfig=/x get ks", "--kubeconfig=/x", undefined],
    ["flux evil", "evil", undefined],
  ])("%s", (words, token, hint) => {
    expect(refusalOf(words.split(" "))).toMatchObject({ token, ...(hint === undefined ? {} : { try: hint }) });
  });
});
