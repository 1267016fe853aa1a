// kubectl's grammar: what every verb renders to, which spellings are the same, and what is not understood.
import { describe, expect, it } from "vitest";
import { same } from "./counterexample.ts";
import { commandOf, refusalOf, rendered, type Words } from "./reading.ts";

const scoped = "--namespace=default --request-timeout=30s";
const signed = `${scoped} --field-manager=ai-sre`;

describe("the argv that runs is rendered from the model", () => {
  const table: readonly (readonly [words: string, argv: string])[] = [
    ["kubectl get pods", `kubectl get ${scoped} pods`],
    ["kubectl get po web-1 -o yaml", `kubectl get ${scoped} --output=yaml pods web-1`],
    ["kubectl get po,svc", `kubectl get ${scoped} pods,services`],
    ["kubectl get po,svc web", `kubectl get ${scoped} pods/web services/web`],
    ["kubectl get pod/a deploy/b", `kubectl get ${scoped} pods/a deployments.apps/b`],
    ["kubectl get pod/a pod/b", `kubectl get ${scoped} pods a b`],
    ["kubectl get nodes", "kubectl get --request-timeout=30s nodes"],
    ["kubectl get nodes,pods", `kubectl get ${scoped} nodes,pods`],
    ["kubectl get ns default", "kubectl get --request-timeout=30s namespaces default"],
    ["kubectl get pods -A", "kubectl get --all-namespaces --request-timeout=30s pods"],
    ["kubectl get nodes -A", "kubectl get --request-timeout=30s nodes"],
    [
      "kubectl get pods --sort-by=.status.startTime --no-headers",
      `kubectl get ${scoped} --sort-by=.status.startTime --no-headers pods`,
    ],
    ["kubectl get pods --server-print=false", `kubectl get ${scoped} --server-print=false pods`],
    ["kubectl describe pod web-1", `kubectl describe ${scoped} pods web-1`],
    ["kubectl describe no n1", "kubectl describe --request-timeout=30s nodes n1"],
    ["kubectl logs web-1", `kubectl logs ${scoped} --tail=500 --limit-bytes=1048576 web-1`],
    [
      "kubectl logs pod/web-1 -c app -p --since=10m",
      `kubectl logs ${scoped} --container=app --previous --tail=500 --limit-bytes=1048576 --since=10m web-1`,
    ],
    [
      "kubectl logs deploy/web --tail=20 --limit-bytes=1000",
      `kubectl logs ${scoped} --tail=20 --limit-bytes=1000 deployments.apps/web`,
    ],
    [
      "kubectl logs -l app=web --prefix",
      `kubectl logs ${scoped} --selector=app=web --tail=500 --limit-bytes=1048576 --prefix`,
    ],
    ["kubectl top po --no-headers", `kubectl top pods ${scoped} --no-headers`],
    ["kubectl top no n1", "kubectl top nodes n1 --request-timeout=30s"],
    ["kubectl events --for pod/web-1", `kubectl events ${scoped} --for=pod/web-1`],
    ["kubectl explain pods.spec", "kubectl explain --request-timeout=30s pods.spec"],
    ["kubectl version --client -o json", "kubectl version --request-timeout=30s --client --output=json"],
    [
      "kubectl api-resources --namespaced=false -o name",
      "kubectl api-resources --request-timeout=30s --output=name --namespaced=false",
    ],
    ["kubectl api-versions", "kubectl api-versions --request-timeout=30s"],
    ["kubectl config current-context", "kubectl config current-context"],
    ["kubectl rollout status deploy/web", `kubectl rollout status ${scoped} --timeout=25s deployments.apps web`],
    [
      "kubectl rollout history sts web --revision=2",
      `kubectl rollout history ${scoped} --revision=2 statefulsets.apps web`,
    ],
    ["kubectl rollout restart ds/agent", `kubectl rollout restart ${signed} daemonsets.apps agent`],
    ["kubectl delete pod web-1 --dry-run=server", `kubectl delete ${scoped} --wait=false --dry-run=server pods web-1`],
    [
      "kubectl rollout undo deploy/web --to-revision=2",
      `kubectl rollout undo ${scoped} --to-revision=2 deployments.apps web`,
    ],
    [
      "kubectl scale sts web --replicas 3 --current-replicas=1",
      `kubectl scale ${scoped} --replicas=3 --current-replicas=1 statefulsets.apps web`,
    ],
    ["kubectl delete ns prod", "kubectl delete --request-timeout=30s --wait=false namespaces prod"],
    [
      "kubectl set image deploy/web web=nginx:1.2 *=b",
      `kubectl set image ${signed} deployments.apps web web=nginx:1.2 *=b`,
    ],
    ["kubectl label po web-1 a=b c- --overwrite", `kubectl label ${signed} --overwrite pods web-1 a=b c-`],
    [
      "kubectl annotate no n1 x.y/a=b=c",
      "kubectl annotate --request-timeout=30s --field-manager=ai-sre nodes n1 x.y/a=b=c",
    ],
    ["kubectl cordon node/n1", "kubectl cordon --request-timeout=30s n1"],
    ["kubectl uncordon n1 --dry-run=server", "kubectl uncordon --request-timeout=30s --dry-run=server n1"],
    ["kubectl auth can-i get secrets", `kubectl auth can-i ${scoped} get secrets`],
    ["kubectl auth can-i delete pod/web-1 -q", `kubectl auth can-i ${scoped} --quiet delete pods/web-1`],
    ["kubectl auth can-i --list", `kubectl auth can-i ${scoped} --list`],
    ["kubectl auth whoami -o json", "kubectl auth whoami --request-timeout=30s --output=json"],
  ];
  it.each(table)("%s", (words, argv) => {
    expect(rendered(words)).toBe(argv);
  });
});

/** The spellings whose model is another one than the first's. */
const differing = (spellings: readonly Words[]): readonly Words[] =>
  spellings.filter((words) => !same(commandOf(words), commandOf(spellings[0] ?? "")));

describe("spellings of the same thing come to the same model", () => {
  it("every spelling of a namespace", () => {
    const spellings: readonly Words[] = [
      "kubectl get pods -n kube-system",
      "kubectl get pods -nkube-system",
      "kubectl get pods -n=kube-system",
      "kubectl get pods --namespace kube-system",
      "kubectl get pods --namespace=kube-system",
      "kubectl get -n kube-system pods",
      "kubectl -n kube-system get pods",
      "kubectl -nkube-system get pods",
      "kubectl -n=kube-system get pods",
      "kubectl --namespace kube-system get pods",
      "kubectl --namespace=kube-system get pods",
      "kubectl --request_timeout=30s -n kube-system get pods",
      "kubectl get 'pods' -n \"kube-system\"",
      ["kubectl", "get", "pods", "-n", "kube-system"],
    ];
    expect(differing(spellings)).toEqual([]);
    const command = commandOf(spellings[0] ?? "");
    expect(command.namespaces).toEqual(["kube-system"]);
    expect(command.flags).toEqual({});
  });

  it("every spelling of all namespaces", () => {
    const spellings: readonly Words[] = [
      "kubectl get pods -A",
      "kubectl get -A pods",
      "kubectl get pods -A=true",
      "kubectl get pods -A=1",
      "kubectl get pods -A=T",
      "kubectl get pods --all-namespaces",
      "kubectl get pods --all_namespaces",
      "kubectl get pods --all-namespaces=true",
      "kubectl get pods --all_namespaces=True",
    ];
    expect(differing(spellings)).toEqual([]);
    const command = commandOf(spellings[0] ?? "");
    expect(command.allNamespaces).toBe(true);
    expect(command.namespaces).toEqual([]);
  });

  it("flags that say false where false is the default", () => {
    expect(
      differing([
        "kubectl get pods",
        "kubectl get pods --watch=false",
        "kubectl get pods -w=f",
        "kubectl get pods --watch-only=0",
        "kubectl get pods -A=false",
        "kubectl get pods --all-namespaces=F",
        "kubectl get pods --request-timeout=30s",
        "kubectl get pods --namespace=default",
      ]),
    ).toEqual([]);
    expect(commandOf("kubectl logs web-1 -f=false").flags["--follow"]).toEqual(["false"]);
  });

  it("glued, joined and bundled shorts", () => {
    expect(
      differing([
        "kubectl get pods -A -o name",
        "kubectl get pods -Ao name",
        "kubectl get pods -Aoname",
        "kubectl get pods -Ao=name",
        "kubectl get pods -oname -A",
      ]),
    ).toEqual([]);
    expect(
      differing([
        "kubectl get pods -l app=web",
        "kubectl get pods -lapp=web",
        "kubectl get pods -l=app=web",
        "kubectl get pods --selector app=web",
      ]),
    ).toEqual([]);
    expect(differing(["kubectl logs -pc app web-1", "kubectl logs web-1 --previous --container=app"])).toEqual([]);
  });

  it("every spelling of a resource", () => {
    expect(
      differing(
        ["po", "pod", "pods", "Pod", "PODS", "pods.", "pods.v1.", "Pods.v1."].map((type) => `kubectl get ${type}`),
      ),
    ).toEqual([]);
    expect(
      differing(
        ["deploy", "Deployment", "deployments", "deploy.apps", "deployments.apps", "deployment.v1.apps"].map(
          (type) => `kubectl get ${type} web`,
        ),
      ),
    ).toEqual([]);
    expect(
      differing([
        "kubectl get secret/foo",
        "kubectl get secret foo",
        "kubectl get SECRETS foo",
        "kubectl get s\\ecrets foo",
      ]),
    ).toEqual([]);
  });
});

describe("what policy reads in the model", () => {
  it("is whole and explicit", () => {
    expect(commandOf("kubectl get po -l app=web,tier!=db --field-selector=status.phase=Running -o json")).toEqual({
      binary: "kubectl",
      sandbox: "kubectl",
      verb: ["get"],
      effect: "read",
      egress: true,
      dryRun: false,
      namespaces: ["default"],
      allNamespaces: false,
      resources: [{ group: "", resource: "pods", name: "", namespace: "default", nameMatch: "any", secondary: false }],
      flags: {
        "--selector": ["app=web,tier!=db"],
        "--field-selector": ["status.phase=Running"],
        "--output": ["json"],
      },
      operands: ["pods"],
      selectors: { label: "app=web,tier!=db", field: "status.phase=Running" },
      paths: [],
      urls: [],
      programs: [],
      stdin: { from: "none", bytes: 0 },
      argv: [
        "kubectl",
        "get",
        "--namespace=default",
        "--request-timeout=30s",
        "--selector=app=web,tier!=db",
        "--field-selector=status.phase=Running",
        "--output=json",
        "pods",
      ],
      answerExitCodes: [0],
    });
  });

  it("says what a verb does to the world", () => {
    const effect = (words: string) => commandOf(words).effect;
    expect(effect("kubectl get pods")).toBe("read");
    expect(effect("kubectl rollout status deploy/web")).toBe("read");
    expect(effect("kubectl rollout restart deploy/web")).toBe("write");
    expect(effect("kubectl delete pod web-1")).toBe("destructive");
    expect(commandOf("kubectl config current-context").egress).toBe(false);
  });

  it("tells a dry run", () => {
    expect(commandOf("kubectl delete pod web-1 --dry-run=server").dryRun).toBe(true);
    expect(commandOf("kubectl delete pod web-1 --dry-run=client").dryRun).toBe(true);
    expect(commandOf("kubectl delete pod web-1 --dry-run=none").dryRun).toBe(false);
    expect(commandOf("kubectl delete pod web-1").dryRun).toBe(false);
  });

  it("lists what a describe reads besides, and that a name may be a prefix", () => {
    expect(commandOf("kubectl describe node n1").resources).toEqual([
      { group: "", resource: "nodes", name: "n1", namespace: "", nameMatch: "prefix", secondary: false },
      { group: "", resource: "events", name: "", namespace: "", nameMatch: "any", secondary: true },
      { group: "", resource: "pods", name: "", namespace: "", nameMatch: "any", secondary: true },
      {
        group: "coordination.k8s.io",
        resource: "leases",
        name: "",
        namespace: "",
        nameMatch: "any",
        secondary: true,
      },
    ]);
    const secondaries = (words: string) =>
      commandOf(words)
        .resources.filter(({ secondary }) => secondary)
        .map(({ resource }) => resource);
    expect(secondaries("kubectl describe serviceaccount default")).toEqual(["events", "secrets"]);
    expect(secondaries("kubectl describe deploy web")).toEqual(["events", "replicasets"]);
    expect(secondaries("kubectl logs deploy/web")).toEqual(["pods"]);
    expect(secondaries("kubectl top pods")).toEqual(["pods"]);
    expect(secondaries("kubectl get deploy web")).toEqual([]);
    expect(secondaries("kubectl rollout history deploy/web")).toEqual(["replicasets"]);
    expect(secondaries("kubectl rollout undo sts/web")).toEqual(["controllerrevisions"]);
    expect(secondaries("kubectl rollout status deploy/web")).toEqual([]);
  });

  it("says that beside a cluster-scoped object a describe reads in every namespace", () => {
    const where = commandOf("kubectl describe node/n1 pod/a -n apps").resources.map(
      ({ resource, namespace, secondary }) => `${secondary ? "also " : ""}${namespace}/${resource}`,
    );
    expect(where).toEqual(["/nodes", "apps/pods", "also /events", "also /pods", "also /leases"]);
  });

  it("keeps what all stands for fixed, without Secrets and ConfigMaps", () => {
    const names = commandOf("kubectl get all").resources.map(({ group, resource }) => `${resource}.${group}`);
    expect(names).toEqual([
      "pods.",
      "replicationcontrollers.",
      "services.",
      "daemonsets.apps",
      "deployments.apps",
      "replicasets.apps",
      "statefulsets.apps",
      "horizontalpodautoscalers.autoscaling",
      "cronjobs.batch",
      "jobs.batch",
    ]);
  });

  it("knows the kinds of the site, and never mistakes them for built-in ones", () => {
    for (const type of [
      "cert",
      "certs",
      "certificate",
      "Certificates",
      "certificates.cert-manager.io",
      "certs.v1.cert-manager.io",
    ]) {
      expect(rendered(`kubectl get ${type}`)).toBe(`kubectl get ${scoped} certificates.cert-manager.io`);
    }
    expect(refusalOf("kubectl get certificates.example.com").token).toBe("certificates.example.com");
  });

  it("has exit codes that are answers", () => {
    expect(commandOf("kubectl auth can-i get pods").answerExitCodes).toEqual([0, 1]);
    expect(commandOf("kubectl get pods").answerExitCodes).toEqual([0]);
  });

  it("lists the functions of a go-template and no other template's words", () => {
    const programs = (output: string) => commandOf(["kubectl", "get", "pods", "-o", output]).programs;
    expect(programs('go-template={{range .items}}{{printf "%s" .metadata.name | base64decode}}{{end}}')).toEqual([
      { language: "go-template", identifiers: ["base64decode", "end", "printf", "range"] },
    ]);
    expect(programs("jsonpath={.items[*].metadata.name}")).toEqual([{ language: "jsonpath", identifiers: [] }]);
    expect(programs("custom-columns=N:.metadata.name")).toEqual([{ language: "custom-columns", identifiers: [] }]);
    expect(programs("json")).toEqual([]);
  });

  it("understands a request for help as printing and nothing else", () => {
    for (const words of [
      "kubectl delete --help",
      "kubectl delete pod web-1 -h",
      "kubectl delete -n kube-system --help",
    ]) {
      expect(commandOf(words)).toMatchObject({
        verb: ["delete"],
        effect: "read",
        egress: false,
        namespaces: [],
        resources: [],
        operands: [],
        flags: { "--help": ["true"] },
        argv: ["kubectl", "delete", "--help"],
      });
    }
  });
});

describe("what is not understood names its token, its place and a way on", () => {
  const table: readonly (readonly [words: Words, token: string, index: number])[] = [
    ["kubectl get pods --raw /api/v1/secrets", "--raw", 3],
    ["kubectl get -f /etc/passwd", "-f", 2],
    ["kubectl get pods --filename=x", "--filename=x", 3],
    ["kubectl get pods --kubeconfig=/tmp/k", "--kubeconfig=/tmp/k", 3],
    ["kubectl --kubeconfig /tmp/k get pods", "--kubeconfig", 1],
    ["kubectl get pods --server=https://evil.example", "--server=https://evil.example", 3],
    ["kubectl get pods -shttps://evil.example", "-shttps://evil.example", 3],
    ["kubectl get pods --insecure_skip_tls_verify", "--insecure_skip_tls_verify", 3],
    ["kubectl get pods --as=system:admin", "--as=system:admin", 3],
    ["kubectl --as system:admin get pods", "--as", 1],
    ["kubectl get pods --as_group=system:masters", "--as_group=system:masters", 3],
    ["kubectl get pods --token=x", "--token=x", 3],
    ["kubectl get pods -v8", "-v8", 3],
    ["kubectl get pods -v=9", "-v=9", 3],
    ["kubectl get pods --v=9", "--v=9", 3],
    ["kubectl get pods --profile=cpu", "--profile=cpu", 3],
    ["kubectl get pods --subresource=status", "--subresource=status", 3],
    ["kubectl get pods --chunk-size=0", "--chunk-size=0", 3],
    ["kubectl get pods --template={{.}}", "--template={{.}}", 3],
    ["kubectl delete pods --all", "--all", 3],
    ["kubectl delete pod a --force", "--force", 4],
    ["kubectl delete pod a --grace-period=0", "--grace-period=0", 4],
    ["kubectl -A get pods", "-A", 1],
    ["kubectl --watch get pods", "--watch", 1],
    ["kubectl get pods -- -n kube-system", "--", 3],
    ["kubectl get pods --names x", "--names", 3],
    ["kubectl get pods --out=json", "--out=json", 3],
    ["kubectl get pods -n a -n b", "-n", 5],
    ["kubectl get pods -n default --namespace=kube-system", "--namespace=kube-system", 5],
    ["kubectl -n default get pods -n default", "-n", 5],
    ["kubectl get pods -o json -oyaml", "-oyaml", 5],
    ["kubectl logs a --tail=5 --tail=-1", "--tail=-1", 4],
    ["kubectl logs a --tail=-1", "--tail=-1", 3],
    ["kubectl logs a --tail=99999", "--tail=99999", 3],
    ["kubectl delete pod a --dry-run=server --dry-run=none", "--dry-run=none", 5],
    ["kubectl delete pod a --dry-run", "--dry-run", 4],
    ["kubectl get pods --request-timeout=0", "--request-timeout=0", 3],
    ["kubectl delete pod a --wait=true", "--wait=true", 4],
    ["kubectl get pods -n ''", "-n", 3],
    ["kubectl get pods -n Default", "-n", 3],
    ["kubectl get pods -n ../x", "-n", 3],
    ["kubectl get pods -n", "-n", 3],
    ["kubectl get pods -o templatefile=/etc/passwd", "-o", 3],
    ["kubectl get pods -o jsonpath-file=/etc/passwd", "-o", 3],
    ["kubectl get pods -o go-template-file=/etc/passwd", "-o", 3],
    ["kubectl get pods -o custom-columns-file=/etc/passwd", "-o", 3],
    ["kubectl get pods -o template", "-o", 3],
    ["kubectl get pods -o jsonpath=", "-o", 3],
    ["kubectl get pods ../secrets", "../secrets", 3],
    ["kubectl get pods Web_1", "Web_1", 3],
    ["kubectl get serviceaccounts/default/token", "serviceaccounts/default/token", 2],
    ["kubectl get pods/a secrets", "secrets", 3],
    ["kubectl get pods,", "pods,", 2],
    ["kubectl get podz", "podz", 2],
    ["kubectl get '*'", "*", 2],
    ["kubectl get pods,po", "pods,po", 2],
    ["kubectl get all,pods", "all,pods", 2],
    ["kubectl get pods a a", "pods", 2],
    ["kubectl get pods web-1 -A", "web-1", 3],
    ["kubectl get pods web-1 -l app=web", "web-1", 3],
    ["kubectl get", "get", 1],
    ["kubectl", "kubectl", 0],
    ["kubectl logs", "logs", 1],
    ["kubectl logs a b", "b", 3],
    ["kubectl logs a/b/c", "a/b/c", 2],
    ["kubectl top pods a b", "b", 4],
    ["kubectl top deploy", "deploy", 2],
    ["kubectl events --for=nothing/web", "nothing/web", 2],
    ["kubectl explain nothing.spec", "nothing.spec", 2],
    ["kubectl delete pod a b", "a", 3],
    ["kubectl delete pod", "pod", 2],
    ["kubectl rollout restart deploy", "deploy", 3],
    ["kubectl delete pod a --wait false", "--wait", 4],
    ["kubectl rollout restart pod/a", "pod/a", 3],
    ["kubectl rollout restart deploy/a deploy/b", "deploy/b", 4],
    ["kubectl rollout undo deploy/a deploy/b", "deploy/b", 4],
    ["kubectl rollout undo deploy/a --to-revision=-1", "--to-revision=-1", 4],
    ["kubectl rollout pause deploy/a", "pause", 2],
    ["kubectl rollout", "rollout", 1],
    ["kubectl auth can-i get pods web-1", "web-1", 5],
    ["kubectl auth can-i get all", "all", 4],
    ["kubectl auth can-i get /healthz", "/healthz", 4],
    ["kubectl auth reconcile -f x", "reconcile", 2],
    ["kubectl config view", "view", 2],
    ["kubectl exec web-1 -- id", "exec", 1],
    ["kubectl scale deploy/web", "scale", 1],
    ["kubectl scale deploy/web --replicas=-1", "--replicas=-1", 3],
    ["kubectl scale deploy/web --replicas=0x3", "--replicas=0x3", 3],
    ["kubectl scale deploy/web --replicas=1 --replicas=2", "--replicas=2", 4],
    ["kubectl scale deploy/a deploy/b --replicas=1", "deploy/b", 3],
    ["kubectl scale deploy --all --replicas=0", "--all", 3],
    ["kubectl scale ds/web --replicas=1", "ds/web", 2],
    ["kubectl delete deploy a b", "a", 3],
    ["kubectl delete deploy -l app=web", "-l", 3],
    ["kubectl apply -f -", "apply", 1],
    ["kubectl apply", "apply", 1],
    ["kubectl apply -f web.yaml", "-f", 2],
    ["kubectl apply -f https://evil.example/x.yaml", "-f", 2],
    ["kubectl apply -k .", "-k", 2],
    ["kubectl apply -f - -R", "-R", 4],
    ["kubectl apply -f - -f -", "-f", 4],
    ["kubectl apply -f - --validate", "--validate", 4],
    ["kubectl apply -f - --server-side", "--server-side", 4],
    ["kubectl apply -f - --force", "--force", 4],
    ["kubectl apply view-last-applied deploy/web", "apply", 1],
    ["kubectl set env deploy/web A=b", "env", 2],
    ["kubectl set image deploy/web", "deploy/web", 3],
    ["kubectl set image deploy/web web", "web", 4],
    ["kubectl set image deploy/web web=", "web=", 4],
    ["kubectl set image deploy/web web-", "web-", 4],
    ["kubectl set image deploy/web web=a web=b", "web=b", 5],
    ["kubectl label pod web-1 a=b web-2", "web-2", 5],
    ["kubectl label pod web-1 a=b/c", "a=b/c", 4],
    ["kubectl label pods --all a=b", "--all", 3],
    ["kubectl annotate pod a b c=d", "a", 3],
    ["kubectl annotate pod web-1 a/b/c=d", "a/b/c=d", 4],
    ["kubectl annotate pod web-1 a=b a-", "a-", 5],
    ["kubectl cordon", "cordon", 1],
    ["kubectl cordon a b", "b", 3],
    ["kubectl uncordon -l a=b", "-l", 2],
    ["kubectl getx", "getx", 1],
    ["kubectl __proto__", "__proto__", 1],
    ["kubectl constructor", "constructor", 1],
    ["kubectl get __proto__", "__proto__", 2],
    ["kubectl get constructor", "constructor", 2],
    ["kubectl get pods --__proto__", "--__proto__", 3],
    ["Kubectl get pods", "Kubectl", 0],
    ["/usr/bin/kubectl get pods", "/usr/bin/kubectl", 0],
    ["__proto__", "__proto__", 0],
    [["kubectl", "get", "pods", "|", "head"], "|", 3],
    [["kubectl", "get pods"], "get pods", 1],
    [["kubectl get pods"], "kubectl get pods", 0],
    [["kubectl", "", "get"], "", 1],
  ];
  it.each(table)("%j", (words, token, index) => {
    const refusal = refusalOf(words);
    expect({ token: refusal.token, position: refusal.position }).toEqual({ token, position: { stage: 0, index } });
    expect(refusal.message).toMatch(/^[^\n]{10,}\.$/);
    expect(refusal.message).not.toMatch(/undefined|\[object/);
  });

  it("teaches the nearest thing that is understood", () => {
    expect(refusalOf("kubectl get podss").try).toBe("pods");
    expect(refusalOf("kubectl gett pods").try).toBe("get");
    expect(refusalOf("kubctl get pods").try).toBe("kubectl");
    expect(refusalOf("kubectl get pods --outptu=json").try).toBe("--output");
    expect(refusalOf("kubectl get pods --show-label").try).toBe("--show-labels");
    expect(refusalOf("kubectl rollout pause deploy/web").message).toMatch(/does not understand it yet/);
    expect(refusalOf("kubectl logs a --tail=-1").try).toBe("--tail=1..2000");
    expect(refusalOf("kubectl scale deploy/web").try).toBe("--replicas=…");
    expect(refusalOf("kubectl apply -f web.yaml").try).toBe("--filename=-");
    expect(refusalOf("kubectl exec web-1 -- sh").try).toMatch(/kubectl logs/);
    expect(refusalOf("kubectl get --raw /metrics").message).toMatch(/raw/);
  });
});
