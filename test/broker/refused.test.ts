// Hundreds of requests that their command was not judged for: each is refused, and none of them reaches a server.
import { describe, expect, it } from "vitest";
import type { Lease } from "../../src/domain/ports.ts";
import { stagesOf } from "../command/reading.ts";
import { nonceOf, openBroker, openRecorder, secrets, send, sendRaw, type Sent } from "./setup.ts";

const api = "http://kubernetes.aisre";
const web = `${api}/api/v1/namespaces/default/pods/web-1`;
const id = "a".repeat(40);
const other = "b".repeat(40);

async function open() {
  const cluster = await openRecorder();
  const forge = await openRecorder();
  const github = await openRecorder();
  const asked: string[] = [];
  const { host } = new URL(forge.url);
  const opened = await openBroker({
    cluster: () => ({ url: cluster.url, authorization: secrets.cluster }),
    git: () => ({ url: forge.url, authorization: secrets.git }),
    gh: () => ({
      url: github.url,
      authority: "api.github.com",
      rest: "",
      graphql: "/graphql",
      authorization: secrets.gh,
    }),
    resolve: (name) => {
      asked.push(name);
      return Promise.resolve([{ address: "127.0.0.1", family: 4 }]);
    },
  });
  const push = stagesOf(`git push origin ${id}:refs/heads/ai-sre/x`)[0];
  const fetch = stagesOf("git fetch origin")[0];
  if (push === undefined || fetch === undefined) throw new Error("no command");
  const leases = {
    push: opened.leaseOf({ ...push, repositories: ["o/r"] }),
    dryPush: opened.leaseOf({ ...push, dryRun: true, repositories: ["o/r"] }),
    fetch: opened.leaseOf({ ...fetch, repositories: ["o/r"] }),
  };
  return { ...opened, leases, forge: `http://${host}`, upstreams: [cluster, forge, github] };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Sends them all; answers those that were not refused, and what reached a server. */
async function passedThrough({ refusals, upstreams }: Opened, requests: readonly (readonly [Lease, Sent])[]) {
  const before = refusals.length;
  const passed: string[] = [];
  for (const [lease, sent] of requests) {
    const { status, text } = await send(lease, sent);
    const isRefused = status === 403 && !Object.values(secrets).some((secret) => text.includes(secret));
    if (!isRefused)
      passed.push(`${status} ${sent.method ?? "GET"} ${sent.url} ${String(sent.body ?? "").slice(0, 80)}`);
  }
  return { passed, reached: upstreams.flatMap(({ requests }) => requests), counted: refusals.length - before };
}

const nothing = (count: number) => ({ passed: [], reached: [], counted: count });

describe("the Kubernetes API", () => {
  const commands = [
    "kubectl get pods",
    "kubectl get pod web-1",
    "kubectl logs web-1",
    "kubectl describe pod web-1",
    "kubectl rollout restart deploy/web",
    "kubectl delete pod web-1",
    "kubectl scale deploy/web --replicas=3",
    "kubectl label deploy/web a=b",
    "kubectl auth can-i get pods",
    "helm list",
    "helm status web",
    "helm rollback web 2",
    "flux get ks",
    "flux suspend ks apps",
  ];
  const foreign: readonly Sent[] = [
    // Another namespace, all of them, other kinds.
    { url: `${api}/api/v1/namespaces/kube-system/pods` },
    { url: `${api}/api/v1/namespaces/kube-system/pods/web-1` },
    { url: `${api}/api/v1/pods` },
    { url: `${api}/apis/apps/v1/namespaces/kube-system/deployments/web` },
    { url: `${api}/apis/rbac.authorization.k8s.io/v1/clusterrolebindings` },
    { url: `${api}/api/v1/nodes` },
    // Leases and Secrets.
    { url: `${api}/apis/coordination.k8s.io/v1/namespaces/default/leases` },
    { url: `${api}/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1` },
    { url: `${api}/api/v1/namespaces/default/secrets` },
    { url: `${api}/api/v1/namespaces/default/secrets/db-password` },
    { url: `${api}/api/v1/namespaces/default/secrets?labelSelector=owner%21%3Dhelm` },
    { url: `${api}/api/v1/namespaces/default/secrets?labelSelector=owner+in+%28helm%2Cowner%3Dhelm%29` },
    { url: `${api}/api/v1/namespaces/kube-system/secrets?labelSelector=owner%3Dhelm` },
    { url: `${api}/api/v1/secrets?labelSelector=owner%3Dhelm` },
    { url: `${api}/api/v1/namespaces/default/secrets?labelSelector=owner%3Dhelm&watch=true` },
    // Other verbs, in the namespace that was judged.
    { method: "DELETE", url: `${api}/api/v1/namespaces/default/pods` },
    { method: "DELETE", url: `${api}/api/v1/namespaces/default/pods/web-2` },
    { method: "POST", url: `${api}/api/v1/namespaces/default/pods`, body: "{}" },
    { method: "PUT", url: `${api}/apis/apps/v1/namespaces/default/deployments/api`, body: "{}" },
    { method: "PATCH", url: `${api}/apis/apps/v1/namespaces/kube-system/deployments/web`, body: "{}" },
    { method: "PATCH", url: `${api}/apis/apps/v1/namespaces/default/deployments/web/status`, body: "{}" },
    { method: "POST", url: `${api}/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/rolebindings`, body: "{}" },
    { method: "POST", url: `${api}/api/v1/namespaces/default/serviceaccounts/default/token`, body: "{}" },
    { method: "POST", url: `${api}/apis/authorization.k8s.io/v1/subjectaccessreviews`, body: "{}" },
    { method: "OPTIONS", url: web },
    { method: "TRACE", url: web },
    { method: "POST", url: `${api}/api`, body: "{}" },
    // Subresources.
    ...[
      "exec?command=id",
      "attach",
      "portforward",
      "proxy",
      "proxy/",
      "eviction",
      "ephemeralcontainers",
      "binding",
    ].flatMap((subresource): Sent[] => [
      { url: `${web}/${subresource}` },
      { method: "POST", url: `${web}/${subresource}`, body: "{}" },
    ]),
    { url: `${api}/api/v1/namespaces/default/services/web/proxy` },
    { url: `${api}/api/v1/namespaces/default/services/web:80/proxy/metrics` },
    { url: `${api}/api/v1/nodes/n1/proxy/logs` },
    // Watches, old prefixes, and queries that nobody here sends.
    { url: `${web}/log?follow=true` },
    { url: `${api}/api/v1/watch/namespaces/default/pods` },
    { url: `${api}/api/v1/watch/secrets` },
    { url: `${api}/api/v1/proxy/namespaces/default/pods/web-1` },
    { url: `${web}?watch=true` },
    { url: `${web}?watch=yes` },
    { url: `${web}?as=system:admin` },
    { url: `${web}?insecureSkipTLSVerifyBackend=true` },
    // Other ways to write a path.
    { url: `${api}//api/v1/namespaces/default/pods/web-1` },
    { url: `${api}/api/v1/namespaces/default/pods/` },
    { url: `${api}/api/v1/namespaces/default/pods/../secrets` },
    { url: `${api}/api/v1/namespaces/default/pods/%2e%2e/secrets` },
    { url: `${api}/api/v1/namespaces/default/pods%2f..%2fsecrets` },
    { url: `${api}/api/v1/namespaces/default%2f..%2fkube-system/pods` },
    { url: `${api}/api/v1/namespaces/default/pods/web-1%00` },
    { url: `${api}/api/v1/namespaces/default/./pods/web-1` },
    { url: `${api}/API/v1/namespaces/default/pods/web-1` },
    { url: `${api}/api/v1;x/namespaces/default/pods/web-1` },
    { url: `${api}/healthz` },
    { url: `${api}/metrics` },
    { url: `${api}/logs/` },
    { url: `${api}/debug/pprof/` },
    { url: `${api}/.well-known/openid-configuration` },
    // Other servers.
    { url: "http://169.254.169.254/latest/meta-data/" },
    { url: "http://127.0.0.1:9/api/v1/namespaces/default/pods/web-1" },
    { url: "http://kubernetes.aisre.evil.example/api/v1/namespaces/default/pods/web-1" },
    { url: "http://kubernetes.aisre:80/api/v1/namespaces/default/pods/web-1" },
  ];

  it("hears nothing of what was not judged", async () => {
    const opened = await open();
    const requests = commands.flatMap((words) => {
      const lease = opened.lease(words);
      return foreign.map((sent): readonly [Lease, Sent] => [lease, sent]);
    });
    expect(requests.length).toBeGreaterThan(900);
    expect(await passedThrough(opened, requests)).toEqual(nothing(requests.length));
  });

  it("says which refusals the model foresees: lists over all namespaces that a verb makes besides", async () => {
    const opened = await open();
    const describeNode = opened.lease("kubectl describe node n1");
    const get = opened.lease("kubectl get nodes");
    for (const lease of [describeNode, get])
      await send(lease, { url: `${api}/api/v1/pods?fieldSelector=spec.nodeName%3Dn1` });
    await send(describeNode, { url: `${api}/api/v1/namespaces/default/pods` });
    await send(describeNode, { url: `${api}/api/v1/secrets` });
    expect(opened.refusals.map(({ foreseen }) => foreseen)).toEqual([true, undefined, undefined, undefined]);
  });

  it("is not asked for more than the one thing that a command is about", async () => {
    const opened = await open();
    const pods = `${api}/api/v1/namespaces/default/pods`;
    const deployment = `${api}/apis/apps/v1/namespaces/default/deployments/web`;
    const secret = `${api}/api/v1/namespaces/default/secrets`;
    const json = { "content-type": "application/merge-patch+json" };
    const patch = (url: string, body: unknown): Sent => ({
      method: "PATCH",
      url,
      headers: json,
      body: JSON.stringify(body),
    });
    const rows: readonly (readonly [string, readonly Sent[]])[] = [
      [
        "kubectl get pod web-1",
        [
          { url: pods },
          { url: `${pods}/web-2` },
          { url: `${pods}/web-1/log` },
          { url: `${pods}?fieldSelector=metadata.name%21%3Dweb-1` },
        ],
      ],
      [
        "kubectl get pods",
        [{ url: `${pods}/web-1/log` }, { url: `${pods}?watch=1` }, { method: "DELETE", url: `${pods}/web-1` }],
      ],
      ["kubectl logs web-1", [{ url: `${pods}/web-2/log` }, { url: pods }, { url: `${pods}/web-1/log?follow=1` }]],
      [
        "kubectl rollout status deploy/web",
        [patch(deployment, {}), { url: `${api}/apis/apps/v1/namespaces/default/deployments?watch=true` }],
      ],
      [
        "kubectl rollout restart deploy/web",
        [
          patch(deployment, { spec: { replicas: 0 } }),
          patch(`${deployment}-2`, {}),
          patch(`${deployment}/scale`, { spec: { replicas: 0 } }),
          { method: "DELETE", url: deployment },
        ],
      ],
      [
        "kubectl scale deploy/web --replicas=3",
        [
          patch(`${deployment}/scale`, { spec: { replicas: 0 } }),
          patch(deployment, { spec: { replicas: 3 } }),
          patch(`${deployment}/scale`, { spec: { replicas: 3, paused: true } }),
          {
            method: "PATCH",
            url: `${deployment}/scale`,
            headers: { "content-type": "application/json-patch+json" },
            body: '[{"op":"replace","path":"/spec/replicas","value":3}]',
          },
          { method: "PUT", url: `${deployment}/scale`, body: '{"spec":{"replicas":0}}' },
        ],
      ],
      [
        "kubectl label deploy/web a=b",
        [
          patch(deployment, { metadata: { labels: { a: "c" } } }),
          patch(deployment, { metadata: { annotations: { a: "b" } } }),
          patch(deployment, { metadata: { labels: { a: "b" } }, spec: { replicas: 0 } }),
        ],
      ],
      [
        "kubectl set image deploy/web web=x:1",
        [
          patch(deployment, { spec: { template: { spec: { containers: [{ name: "web", image: "evil:1" }] } } } }),
          patch(deployment, {
            spec: { template: { spec: { containers: [{ name: "web", image: "x:1", command: ["id"] }] } } },
          }),
        ],
      ],
      [
        "kubectl cordon n1",
        [
          patch(`${api}/api/v1/nodes/n2`, { spec: { unschedulable: true } }),
          patch(`${api}/api/v1/nodes/n1`, { spec: { unschedulable: false } }),
          patch(`${api}/api/v1/nodes/n1`, { spec: { taints: [] } }),
        ],
      ],
      [
        "kubectl delete pod web-1",
        [
          { method: "DELETE", url: `${pods}/web-10` },
          { method: "DELETE", url: deployment },
          { method: "DELETE", url: `${pods}/web-1/status` },
        ],
      ],
      [
        "kubectl delete pod web-1 --dry-run=server",
        [
          { method: "DELETE", url: `${pods}/web-1` },
          { method: "DELETE", url: `${pods}/web-1`, body: '{"dryRun":[]}' },
          { method: "DELETE", url: `${pods}/web-1`, body: '{"dryRun":["All","None"]}' },
          { method: "DELETE", url: `${pods}/web-1`, body: '{"dryRun":"All"}' },
          { method: "DELETE", url: `${pods}/web-1?dryRun=None`, body: "{}" },
        ],
      ],
      [
        "kubectl label deploy/web a=b --dry-run=server",
        [
          patch(deployment, { metadata: { labels: { a: "b" } } }),
          patch(`${deployment}?dryRun=all`, { metadata: { labels: { a: "b" } } }),
          patch(`${deployment}?dryRun=All&dryRun=None`, { metadata: { labels: { a: "b" } } }),
        ],
      ],
      [
        "helm list",
        [
          { url: `${secret}/db-password` },
          { url: `${secret}?labelSelector=name%3Dweb` },
          { method: "POST", url: secret, body: '{"metadata":{"name":"sh.helm.release.v1.web.v9"}}' },
        ],
      ],
      [
        "helm status web",
        [
          { url: `${secret}/sh.helm.release.v1.api.v1` },
          { url: `${secret}?labelSelector=owner%3Dhelm` },
          { url: `${secret}/sh.helm.release.v1.web.v1.evil` },
          patch(deployment, {}),
        ],
      ],
      [
        "helm rollback web 2",
        [
          { method: "POST", url: secret, body: '{"metadata":{"name":"token"}}' },
          { method: "POST", url: secret, body: '{"metadata":{"name":"sh.helm.release.v1.api.v9"}}' },
          { method: "POST", url: secret, body: '{"metadata":{"generateName":"x"}}' },
          {
            method: "POST",
            url: secret,
            headers: { "content-type": "application/vnd.kubernetes.protobuf" },
            body: "k8s\0nonsense",
          },
          { method: "PUT", url: `${secret}/db-password`, body: "{}" },
          { method: "DELETE", url: `${secret}/sh.helm.release.v1.api.v1` },
          patch(`${api}/apis/rbac.authorization.k8s.io/v1/clusterroles/admin`, {}),
        ],
      ],
      [
        "helm rollback web 2 --dry-run=server",
        [
          patch(deployment, {}),
          { method: "POST", url: secret, body: '{"metadata":{"name":"sh.helm.release.v1.web.v9"}}' },
        ],
      ],
      [
        "flux suspend ks apps",
        [
          patch(`${api}/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/infra`, {
            spec: { suspend: true },
          }),
          patch(`${api}/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps`, {
            spec: { path: "/evil" },
          }),
        ],
      ],
      [
        "flux reconcile ks apps --with-source",
        [
          patch(`${api}/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/evil`, {
            spec: { url: "https://evil.example" },
          }),
          {
            method: "DELETE",
            url: `${api}/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/apps`,
          },
        ],
      ],
      [
        "flux tree ks apps",
        [{ url: `${secret}/db-password` }, { url: `${api}/api/v1/secrets?labelSelector=owner%3Dhelm` }],
      ],
    ];
    const requests = rows.flatMap(([words, all]) => {
      const lease = opened.lease(words);
      return all.map((sent): readonly [Lease, Sent] => [lease, sent]);
    });
    const apply = opened.lease("kubectl apply -f -", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n");
    const maps = `${api}/api/v1/namespaces/default/configmaps`;
    const more: readonly (readonly [Lease, Sent])[] = [
      [apply, { method: "POST", url: maps, body: '{"metadata":{"name":"other"}}' }],
      [apply, { method: "POST", url: `${api}/api/v1/namespaces/default/pods`, body: '{"metadata":{"name":"web"}}' }],
      [apply, patch(`${maps}/other`, {})],
      [apply, patch(`${maps}/web?force=true`, {})],
      [apply, { method: "DELETE", url: `${maps}/web` }],
    ];
    const all = [...requests, ...more];
    expect(await passedThrough(opened, all)).toEqual(nothing(all.length));
  });
});

describe("nonces", () => {
  it("die with their command, and open nothing for another one", async () => {
    const opened = await open();
    const restart = opened.lease("kubectl rollout restart deploy/web");
    const get = opened.lease("kubectl get pods");
    const gone = opened.lease("kubectl get pods");
    gone.close();
    const pods = `${api}/api/v1/namespaces/default/pods`;
    const requests: readonly (readonly [Lease, Sent])[] = [
      [gone, { url: pods }],
      [get, { url: pods, nonce: nonceOf(gone) }],
      [get, { url: pods, nonce: nonceOf(restart) }],
      [
        restart,
        {
          method: "PATCH",
          url: `${api}/apis/apps/v1/namespaces/default/deployments/web`,
          nonce: nonceOf(get),
          body: "{}",
        },
      ],
      [get, { url: pods, nonce: "" }],
      [get, { url: pods, nonce: nonceOf(get).slice(0, -1) }],
      [get, { url: pods, nonce: `${nonceOf(get)}x` }],
      [get, { url: pods, headers: { "proxy-authorization": "" } }],
      [get, { url: pods, headers: { "proxy-authorization": `Bearer ${nonceOf(get)}` } }],
      [
        get,
        {
          url: pods,
          headers: {
            "proxy-authorization": "",
            authorization: `Basic ${Buffer.from(`${nonceOf(get)}:x`).toString("base64")}`,
          },
        },
      ],
      // The port's nonce at the socket, and the reverse.
      [opened.lease("gh pr list"), { url: "/graphql", method: "POST", nonce: nonceOf(get), body: "{}" }],
      [get, { url: pods, nonce: nonceOf(opened.lease("gh pr list")) }],
    ];
    expect(await passedThrough(opened, requests)).toEqual(nothing(requests.length));
    expect(new Set(Array.from({ length: 100 }, () => nonceOf(opened.lease("kubectl get pods")))).size).toBe(100);
  });

  it("are all that a child is given", async () => {
    const opened = await open();
    const { leases, lease, broker } = opened;
    const all = [
      ...Object.values(leases),
      lease("kubectl get pods"),
      lease("helm list"),
      lease("flux get ks"),
      lease("gh pr list"),
      lease("curl http://a.example/"),
    ];
    for (const one of all) {
      const { environment, port, socket } = one;
      const values = new Set(Object.values(environment));
      const proxy = `http://${nonceOf(one)}:x@127.0.0.1:${broker.port}`;
      expect({ values, isPort: port === broker.port }).toEqual({
        values: new Set([socket === undefined ? proxy : nonceOf(one)]),
        isPort: socket === undefined,
      });
    }
    expect(new Set(all.map(nonceOf)).size).toBe(all.length);
    const silent = stagesOf("jq .")[0];
    expect(silent && broker.open({ callId: "call-1", command: silent })).toBeUndefined();
  });

  it("end what is under way", async () => {
    const slow = await openRecorder(() => ({ headers: { "content-length": "100" }, body: "begun" }));
    const { lease } = await openBroker({ cluster: () => ({ url: slow.url }) });
    const get = lease("kubectl get pods");
    const under = send(get, { url: `${api}/api/v1/namespaces/default/pods` }).catch(() => "cut");
    await expect.poll(() => slow.requests.length).toBe(1);
    get.close();
    expect(await under).toBe("cut");
  });
});

describe("a child that goes away", () => {
  it("in the middle of its request is no fault, and nothing of it is sent on", async () => {
    const opened = await open();
    const { forge, leases, upstreams, faults } = opened;
    const { host } = new URL(forge);
    const login = `Proxy-Authorization: Basic ${Buffer.from(`${nonceOf(leases.push)}:x`).toString("base64")}`;
    const head = `POST ${forge}/o/r.git/git-receive-pack HTTP/1.1\r\nHost: ${host}\r\n${login}\r\n`;
    const body = "Content-Type: application/x-git-receive-pack-request\r\nContent-Length: 5000\r\n\r\n0100";
    expect(await sendRaw(leases.push, head + body)).not.toMatch(/^HTTP\/1\.1 200/);
    await expect
      .poll(() => send(leases.fetch, { url: `${forge}/o/r.git/info/refs?service=git-upload-pack` }))
      .toMatchObject({ status: 200 });
    expect({ faults, reached: upstreams[1]?.requests.length }).toEqual({ faults: [], reached: 1 });
  });
});

describe("what HTTP can be made to say", () => {
  it("opens no tunnel, changes no protocol, and hides no second request", async () => {
    const opened = await open();
    const lease = opened.lease("kubectl get pods");
    const login = `Proxy-Authorization: Basic ${Buffer.from(`${nonceOf(lease)}:x`).toString("base64")}`;
    const path = "/api/v1/namespaces/default/pods";
    const head = `GET ${api}${path} HTTP/1.1\r\nHost: kubernetes.aisre\r\n${login}\r\n`;
    const odd = [
      `CONNECT kubernetes.aisre:443 HTTP/1.1\r\nHost: kubernetes.aisre:443\r\n${login}\r\n\r\n`,
      `CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n${login}\r\n\r\n`,
      `${head}Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n`,
      `${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      `${head}Connection: upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n`,
      `${head}Upgrade: SPDY/3.1\r\n\r\n`,
      `${head}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
      `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
      `${head}Transfer-Encoding: identity\r\n\r\n`,
      `${head}Transfer-Encoding: xchunked\r\n\r\n`,
      `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
      `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`,
      `${head}Content-Length: +5\r\n\r\nhello`,
      `${head}Content-Length: 4\r\n\r\nbody`,
      `${head}Host: evil.example\r\n\r\n`,
      `${head}${login}\r\n\r\n`,
      `${head} folded: line\r\n\r\n`,
      `${head}X: a\rb\r\n\r\n`,
      `GET ${path} HTTP/1.1\r\nHost: kubernetes.aisre\r\n${login}\r\n\r\n`,
      `GET https://kubernetes.aisre${path} HTTP/1.1\r\nHost: kubernetes.aisre\r\n${login}\r\n\r\n`,
      `GET http://x@kubernetes.aisre${path} HTTP/1.1\r\nHost: kubernetes.aisre\r\n${login}\r\n\r\n`,
      `GET http://kubernetes.aisre\\@evil.example${path} HTTP/1.1\r\nHost: kubernetes.aisre\r\n${login}\r\n\r\n`,
      `GET http://kubernetes.aisre#@evil.example${path} HTTP/1.1\r\nHost: kubernetes.aisre\r\n${login}\r\n\r\n`,
      `GET ${api}${path}#/../secrets HTTP/1.1\r\nHost: kubernetes.aisre\r\n${login}\r\n\r\n`,
      `GET file:///etc/passwd HTTP/1.1\r\nHost: kubernetes.aisre\r\n${login}\r\n\r\n`,
      `GET ${api}${path} HTTP/1.1\r\nHost: evil.example\r\n${login}\r\n\r\n`,
      `GET ${api}${path} HTTP/1.1\r\n${login}\r\n\r\n`,
      `GET ${api}${path}\r\n\r\n`,
      `* ${api}${path} HTTP/1.1\r\nHost: kubernetes.aisre\r\n${login}\r\n\r\n`,
      `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
    ];
    const answers = await Promise.all(odd.map((text) => sendRaw(lease, text)));
    const passed = odd.filter((_, index) => !/^(?:HTTP\/1\.1 4\d\d |$)/.test(answers[index] ?? ""));
    expect(passed).toEqual([]);
    expect(opened.upstreams.flatMap(({ requests }) => requests)).toEqual([]);
  });

  it("lets no header of the child's act on the real server", async () => {
    const opened = await open();
    const lease = opened.lease("kubectl get pods");
    const [cluster] = opened.upstreams;
    const headers = {
      "impersonate-user": "system:admin",
      "x-http-method-override": "DELETE",
      authorization: "Bearer mine",
      "x-remote-user": "root",
    };
    expect(await send(lease, { url: `${api}/api/v1/namespaces/default/pods?limit=500`, headers })).toEqual({
      status: 200,
      text: "{}",
    });
    expect(cluster?.requests).toEqual([`GET /api/v1/namespaces/default/pods?limit=500 ${secrets.cluster}`]);
  });
});

describe("git", () => {
  const zero = "0".repeat(40);
  const line = (text: string): string => `${(text.length + 4).toString(16).padStart(4, "0")}${text}`;
  const pushOf = (...lines: readonly string[]): string => `${lines.map(line).join("")}0000PACK`;
  const capabilities = "\0 report-status side-band-64k agent=git";
  const receive = { "content-type": "application/x-git-receive-pack-request" };
  const upload = { "content-type": "application/x-git-upload-pack-request" };

  it("talks of no other repository, service, ref or object", async () => {
    const opened = await open();
    const { forge, leases } = opened;
    const { push, dryPush, fetch } = leases;
    const at = (rest: string): string => `${forge}/${rest}`;
    const posted = (
      body: string,
      rest = "o/r.git/git-receive-pack",
      headers: Readonly<Record<string, string>> = receive,
    ): Sent => ({
      method: "POST",
      url: at(rest),
      headers,
      body,
    });
    const good = `${zero} ${id} refs/heads/ai-sre/x${capabilities}`;
    const pushes = [
      pushOf(`${zero} ${other} refs/heads/ai-sre/x${capabilities}`),
      pushOf(`${zero} ${id} refs/heads/main${capabilities}`),
      pushOf(`${zero} ${id} refs/heads/ai-sre/x/y${capabilities}`),
      pushOf(`${zero} ${id} refs/tags/ai-sre/x${capabilities}`),
      pushOf(`${id} ${zero} refs/heads/ai-sre/x${capabilities}`),
      pushOf(`${id} ${zero} refs/heads/main${capabilities}`),
      pushOf(good, `${zero} ${id} refs/heads/main`),
      pushOf(good, `${zero} ${id} refs/heads/ai-sre/x`),
      pushOf(`${zero} ${id} refs/heads/main${capabilities}`, good),
      pushOf(good.replace("agent", "push-options agent")),
      pushOf(`push-cert${capabilities}`, "certificate version 0.1\n"),
      pushOf(`${zero} ${id} HEAD${capabilities}`),
      pushOf(`${zero} ${id} refs/heads/ai-sre/x refs/heads/main${capabilities}`),
      pushOf(`${zero} ${id} refs/heads/ai-sre/x\0a\0b`),
      `0001${pushOf(good)}`,
      `zzzz${pushOf(good)}`,
      pushOf(good).slice(0, 60),
      "",
      "0004",
    ];
    const repositories = [
      "o/other.git",
      "other/r.git",
      "o/r.git/../other.git",
      "o/r.git%2f..%2fother.git",
      "o//r.git",
      "O/R.git",
      "o/r.git.git",
      "o/r/x.git",
    ];
    const requests: readonly (readonly [Lease, Sent])[] = [
      ...[push, fetch].flatMap((lease) =>
        repositories.flatMap((name): (readonly [Lease, Sent])[] => [
          [lease, { url: at(`${name}/info/refs?service=git-upload-pack`) }],
          [lease, { url: at(`${name}/info/refs?service=git-receive-pack`) }],
          [lease, posted(pushOf(good), `${name}/git-receive-pack`)],
          [lease, posted("0000", `${name}/git-upload-pack`, upload)],
        ]),
      ),
      ...pushes.map((body): readonly [Lease, Sent] => [push, posted(body)]),
      ...[...pushes, pushOf(good)].flatMap((body): (readonly [Lease, Sent])[] => [
        [fetch, posted(body)],
        ...(body === "" ? [] : [[dryPush, posted(body)] as const]),
      ]),
      [push, posted(pushOf(good), "o/r.git/git-receive-pack", { ...receive, "content-encoding": "gzip" })],
      [push, posted(pushOf(good), "o/r.git/git-receive-pack?x=1")],
      [push, posted(pushOf(good), "o/r.git/git-receive-pack", upload)],
      [push, { url: at("o/r.git/info/refs?service=git-upload-pack") }],
      [fetch, { url: at("o/r.git/info/refs?service=git-receive-pack") }],
      [fetch, { url: at("o/r.git/info/refs") }],
      [fetch, { url: at("o/r.git/info/refs?service=git-upload-pack&service=git-receive-pack") }],
      [fetch, { url: at("o/r.git/HEAD") }],
      [fetch, { url: at("o/r.git/objects/info/packs") }],
      [fetch, { url: at("o/r.git/config") }],
      [fetch, { url: at("api/v3/user") }],
      [fetch, { method: "PUT", url: at("o/r.git/git-receive-pack"), body: "x" }],
      [fetch, { url: "http://evil.example/o/r.git/info/refs?service=git-upload-pack" }],
    ];
    expect(requests.length).toBeGreaterThan(120);
    expect(await passedThrough(opened, requests)).toEqual(nothing(requests.length));
  });

  it("lets the judged push through, its refs first and the pack behind them", async () => {
    const opened = await open();
    const { forge, leases, upstreams } = opened;
    const body = pushOf(`shallow ${other}`, `${zero} ${id} refs/heads/ai-sre/x${capabilities}`) + "x".repeat(200_000);
    const sent: Sent = { method: "POST", url: `${forge}/o/r.git/git-receive-pack`, headers: receive, body };
    expect(await send(leases.push, sent)).toMatchObject({ status: 200 });
    expect(upstreams[1]?.requests).toEqual([`POST /o/r.git/git-receive-pack ${secrets.git}`]);
    expect(upstreams[1]?.bodies).toEqual([body]);
  });
});

describe("curl", () => {
  it("asks for the one URL, and for no address of this machine, its link or its cloud", async () => {
    const opened = await open();
    const lease = opened.lease("curl -s http://metrics.example:9090/api/v1/query?query=up");
    const at = "http://metrics.example:9090";
    const requests: readonly Sent[] = [
      // The name stands for 127.0.0.1.
      { url: `${at}/api/v1/query?query=up` },
      { url: `${at}/api/v1/query?query=down` },
      { url: `${at}/api/v1/query?query=up&x=1` },
      { url: `${at}/api/v1/query` },
      { url: `${at}/api/v1/admin/tsdb/delete_series` },
      { url: `${at}/api/v1/../v1/query?query=up` },
      { url: `${at}/api/v1/query%2f?query=up` },
      { method: "POST", url: `${at}/api/v1/query?query=up` },
      { method: "HEAD", url: `${at}/api/v1/query?query=up` },
      { url: "http://metrics.example:9091/api/v1/query?query=up" },
      { url: "http://metrics.example/api/v1/query?query=up" },
      { url: "http://other.example:9090/api/v1/query?query=up" },
      { url: `${at}/api/v1/query?query=up`, body: "x" },
    ];
    const all = requests.map((sent): readonly [Lease, Sent] => [lease, sent]);
    expect(await passedThrough(opened, all)).toEqual(nothing(all.length));
  });
});

describe("gh", () => {
  const graph = (query: string, variables: unknown = {}): Sent => ({
    method: "POST",
    url: "/graphql",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const here = { owner: "o", repo: "r" };
  const query = "query A($owner: String!, $repo: String!) { repository(owner: $owner, name: $repo) { id } }";

  it("asks about no other repository, and changes nothing else", async () => {
    const opened = await open();
    const list = opened.lease("gh pr list");
    const run = opened.lease("gh run view 5 --log");
    const create = opened.lease(["gh", "pr", "create", "--title", "t", "--body", "b", "--head", "ai-sre/x"]);
    const input = { repositoryId: "R_1", headRefName: "ai-sre/x", baseRefName: "main", title: "t", body: "b" };
    const mutation =
      "mutation A($input: CreatePullRequestInput!) { createPullRequest(input: $input) { pullRequest { id } } }";
    const documents: readonly Sent[] = [
      graph(query, { owner: "o", repo: "other" }),
      graph(query, { owner: "other", repo: "r" }),
      graph(query, {}),
      graph('query { repository(owner: "o", name: "r") { id } }'),
      graph('query { a: repository(owner: "other", name: "r") { id } }'),
      graph(`${query} query B { viewer { login } }`, here),
      graph(query.replace("{ id }", "{ owner { repositories(first: 9) { nodes { id } } } }"), here),
      graph(query.replace("{ id }", "{ owner { ...on User { organizations(first: 9) { nodes { id } } } } }"), here),
      graph(query.replace("{ id }", '{ owner { ...on Organization { repository(name: "other") { id } } } }'), here),
      graph(query.replace("{ id }", "{ issues { nodes { repository { issues { nodes { body } } } } } }"), here),
      graph(
        query.replace(
          "{ id }",
          '{ pullRequests { nodes { headRepository { object(expression: "HEAD:x") { id } } } } }',
        ),
        here,
      ),
      graph(
        query.replace("{ id }", "{ parent { ...F } }") + " fragment F on Repository { issues { nodes { body } } }",
        here,
      ),
      graph(query.replace("{ id }", "{ parent { ...F } }") + " fragment F on Repository { parent { ...F } }", here),
      graph(query.replace("{ id }", "{ parent { ...G } }"), here),
      graph(query.replace("{ repository(", "{ ...F repository(") + " fragment F on Query { viewer { login } }", here),
      graph(query.replace("{ repository(", "{ ...on Query { viewer { login } } repository("), here),
      graph("query A($id: ID!) { node(id: $id) { id } }", { id: "R_of_another" }),
      graph("query A($id: [ID!]!) { nodes(ids: $id) { id } }", { id: ["R_1"] }),
      graph('query A { organization(login: "x") { id } }'),
      graph("query A($q: String!) { search(query: $q, type: ISSUE, first: 1) { issueCount } }", { q: "password" }),
      graph("query A($q: String!) { search(query: $q, type: ISSUE, first: 1) { issueCount } }", {
        q: "repo:o/r repo:other/x",
      }),
      graph("query A($q: String!) { search(query: $q, type: ISSUE, first: 1) { issueCount } }", {
        q: "repo:o/r org:other",
      }),
      graph("query A($q: String!) { search(query: $q, type: ISSUE, first: 1) { issueCount } }", { q: "repo:o/rx" }),
      graph("subscription A { viewer { login } }"),
      graph('mutation A { deleteRef(input: {refId: "x"}) { clientMutationId } }'),
      graph(mutation, { input }),
      graph("{"),
      graph(""),
      { method: "POST", url: "/graphql", body: "[]" },
      { method: "POST", url: "/graphql", body: "not json" },
      { method: "POST", url: "/graphql", body: JSON.stringify({ query, variables: here, extensions: {} }) },
      { url: "/graphql?query=%7Bviewer%7Blogin%7D%7D" },
    ];
    const paths = [
      "/user",
      "/meta",
      "/api/v3/meta",
      "/repos/o/r",
      "/repos/o/other/readme",
      "/repos/o/r/actions/secrets",
      "/repos/o/r/hooks",
      "/repos/o/r/actions/runs/5/../../../hooks",
      "/repos/o/r/contents/x",
      "/repos/o/r//readme",
      "/orgs/o/actions/secrets",
      "/repos/o/r/actions/runs/5/rerun",
      "/repos/o/r/actions/runs/%2e%2e/secrets",
      "/",
    ];
    const foreign = [list, run, create].flatMap((lease) => [
      ...documents.map((sent): readonly [Lease, Sent] => [lease, sent]),
      ...paths.flatMap((url): (readonly [Lease, Sent])[] => [
        [lease, { url }],
        [lease, { method: "DELETE", url }],
        [lease, { method: "POST", url, body: "{}" }],
      ]),
    ]);
    const others: readonly (readonly [Lease, Sent])[] = [
      [list, { url: "/repos/o/r/actions/runs" }],
      [run, { method: "POST", url: "/repos/o/r/actions/runs/5/logs", body: "{}" }],
      [run, { url: "/repos/o/r/actions/runs/5", headers: { host: "evil.example" } }],
      [run, { url: "http://api.github.com/repos/o/r/actions/runs/5" }],
    ];
    const all = [...foreign, ...others];
    expect(await passedThrough(opened, all)).toEqual(nothing(all.length));
  });

  it("creates the judged pull request, of a repository that it was told of", async () => {
    const github = await openRecorder(() => ({ body: '{"data":{"repository":{"id":"R_1"}}}' }));
    const gh = () => ({
      url: github.url,
      authority: "api.github.com",
      rest: "",
      graphql: "/graphql",
      authorization: secrets.gh,
    });
    const { lease } = await openBroker({ gh });
    const create = lease(["gh", "pr", "create", "--title", "t", "--body", "b", "--head", "ai-sre/x"]);
    const mutation =
      "mutation A($input: CreatePullRequestInput!) { createPullRequest(input: $input) { pullRequest { id } } }";
    const input = { repositoryId: "R_1", headRefName: "ai-sre/x", baseRefName: "main", title: "t", body: "b" };
    expect(await send(create, graph(mutation, { input }))).toMatchObject({ status: 403 });
    expect(await send(create, graph(query, here))).toMatchObject({ status: 200 });
    const changed = Object.entries({
      headRefName: "main",
      baseRefName: "prod",
      title: "x",
      body: "x",
      repositoryId: "R_2",
      draft: true,
      headRepositoryId: "R_3",
    });
    for (const [key, value] of changed) {
      expect(await send(create, graph(mutation, { input: { ...input, [key]: value } })), key).toMatchObject({
        status: 403,
      });
    }
    expect(await send(create, graph(mutation, { input }))).toMatchObject({ status: 200 });
    expect(github.requests).toEqual(Array.from({ length: 2 }, () => `POST /graphql ${secrets.gh}`));
  });
});
