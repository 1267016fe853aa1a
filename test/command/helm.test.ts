// helm's grammar: what every verb renders to, which spellings are the same, and what is not understood.
import { describe, expect, it } from "vitest";
import { commandOf, planOf, refusalOf, rendered } from "./reading.ts";

const scoped = "--namespace=default";

describe("the argv that runs", () => {
  it.each([
    ["helm list", `helm list ${scoped}`],
    ["helm ls -n shop -q", "helm list --namespace=shop --short"],
    ["helm -n shop list", "helm list --namespace=shop"],
    ["helm list -Ao json", "helm list --all-namespaces --output=json"],
    ["helm list --filter '^(a+)+$' --max 0", `helm list ${scoped} --filter=^(a+)+$ --max=0`],
    ["helm list -l owner=x,name!=y", `helm list ${scoped} --selector=owner=x,name!=y`],
    ["helm status web --revision=3", `helm status ${scoped} --revision=3 web`],
    ["helm hist web --max 5 -oyaml", `helm history ${scoped} --max=5 --output=yaml web`],
    ["helm get notes web", `helm get notes ${scoped} web`],
    ["helm version --short", "helm version --short"],
    ["helm rollback web 2", `helm rollback ${scoped} --wait=hookOnly --timeout=45s web 2`],
    ["helm rollback web 2 --timeout 10s", `helm rollback ${scoped} --wait=hookOnly --timeout=10s web 2`],
    ["helm rollback web 2 --wait --timeout 2m", `helm rollback ${scoped} --wait=hookOnly --timeout=45s web 2`],
    [
      "helm rollback web 2 --wait=legacy --wait-for-jobs",
      `helm rollback ${scoped} --wait=hookOnly --timeout=45s web 2`,
    ],
    ["helm rollback web 2 --dry-run", `helm rollback ${scoped} --wait=hookOnly --timeout=45s --dry-run=client web 2`],
    ["helm --help", "helm --help"],
    ["helm -h", "helm --help"],
    ["helm rollback web --help", "helm rollback --help"],
  ])("%s", (words, argv) => {
    expect(rendered(words)).toBe(argv);
  });
});

describe("the model", () => {
  it("names the release, and helm's storage as read besides", () => {
    expect(commandOf("helm history web -n shop").resources).toEqual([
      { group: "helm.sh", resource: "releases", name: "web", namespace: "shop", nameMatch: "exact", secondary: false },
      { group: "", resource: "secrets", name: "", namespace: "shop", nameMatch: "any", secondary: true },
    ]);
  });

  it.each(["helm status web", "helm rollback web 2"])("of `%s` names what the release consists of", (words) => {
    const [, , objects] = commandOf(words).resources;
    expect(objects).toMatchObject({ group: "*", resource: "*", secondary: true });
  });

  it("of a rollback says that it changes, and of its dry run that it does not", () => {
    expect(planOf("helm rollback web 2")).toMatchObject({
      dryRun: false,
      steps: [{ stages: [{ effect: "destructive" }] }],
    });
    expect(planOf("helm rollback web 2 --dry-run=server").dryRun).toBe(true);
    expect(planOf("helm rollback web 2 --dry-run=none").dryRun).toBe(false);
  });

  it("of a rollback carries what the caller must know", () => {
    expect(commandOf("helm rollback web 2 --wait").note).toContain("helm status");
    expect(commandOf("helm list")).not.toHaveProperty("note");
  });
});

describe("what is not understood names the token and what to do instead", () => {
  it.each([
    ["helm rollback web", "web", "RELEASE REVISION"],
    ["helm rollback web 0", "0", "RELEASE REVISION"],
    ["helm rollback web -1", "-1", undefined],
    ["helm rollback web 2 3", "3", "RELEASE REVISION"],
    ["helm rollback web 02", "02", "RELEASE REVISION"],
    ["helm rollback web 2 --timeout 24h", "--timeout", "30s"],
    ["helm rollback web 2 --force", "--force", "helm rollback RELEASE REVISION"],
    ["helm list -aA", "-aA", undefined],
    ["helm list --all-name", "--all-name", "--all-namespaces"],
    ["helm list --all_namespaces", "--all_namespaces", "--all-namespaces"],
    ["helm list web", "web", "--filter=^NAME$"],
    ["helm list -n a -n b", "-n", "give it once"],
    ["helm list -A -n a", "list", "--namespace=…"],
    ["helm list --kube-token x", "--kube-token", "leave it out: the server pins the cluster and the identity"],
    ["helm --kubeconfig /x list", "--kubeconfig", "leave it out: the server pins the cluster and the identity"],
    ["helm get values web", "values", "helm status RELEASE, helm history RELEASE, helm get notes RELEASE"],
    ["helm get", "get", "helm get notes"],
    ["helm un web", "un", "helm rollback RELEASE REVISION, or a change in the repository"],
    ["helm evil", "evil", undefined],
    ["helm status Web", "Web", undefined],
    ["helm status web api", "api", "RELEASE"],
    ["helm version --template {{.Version}}", "--template", "helm version --short"],
    ["helm --version", "--version", undefined],
  ])("%s", (words, token, hint) => {
    expect(refusalOf(words.split(" "))).toMatchObject({ token, ...(hint === undefined ? {} : { try: hint }) });
  });

  it("a release's name that no release can have", () => {
    expect(refusalOf(["helm", "status", "a".repeat(54)]).message).toContain("release's name");
    expect(commandOf(["helm", "status", "a".repeat(53)]).operands).toEqual(["a".repeat(53)]);
  });
});
