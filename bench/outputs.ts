// Output as an operator sees it in a grown cluster: what the benchmark of redaction reads. Made, not recorded, so that no two
// objects are alike; always the same, so that runs can be compared. Used by redaction.ts.
import { stringify } from "yaml";

export interface Sample {
  readonly name: string;
  readonly text: string;
}

const minute = 60_000;
const start = Date.UTC(2026, 0, 5, 8);
const stamp = (index: number): string => new Date(start + index * minute).toISOString();
/** The same digits for the same numbers, and other ones for others. */
function hex(seed: number, digits: number): string {
  let state = (seed * 2_654_435_761 + 97) >>> 0;
  let made = "";
  while (made.length < digits) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    made += state.toString(16).padStart(8, "0");
  }
  return made.slice(0, digits);
}
const uid = (seed: number): string =>
  [hex(seed, 8), hex(seed + 1, 4), `4${hex(seed + 2, 3)}`, `a${hex(seed + 3, 3)}`, hex(seed + 4, 12)].join("-");
const apps = ["checkout", "catalog", "payments", "cart", "search", "gateway"];
const app = (index: number): string => apps[index % apps.length] ?? "app";

/** A pod with what admission adds to each: a projected token, tolerations, fields that are managed. */
function pod(index: number): unknown {
  const name = `${app(index)}-${hex(index, 9)}-${hex(index + 7, 5)}`;
  const labels = { app: app(index), "pod-template-hash": hex(index, 9) };
  const mount = {
    mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
    name: `kube-api-access-${hex(index, 5)}`,
    readOnly: true,
  };
  const ready = { lastProbeTime: null, lastTransitionTime: stamp(index), status: "True" };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      annotations: { "prometheus.io/scrape": "true", "cni.projectcalico.org/podIP": `10.42.${index % 200}.7/32` },
      creationTimestamp: stamp(index),
      generateName: `${app(index)}-`,
      labels,
      name,
      namespace: "shop",
      ownerReferences: [
        { apiVersion: "apps/v1", controller: true, kind: "ReplicaSet", name: `${app(index)}-1`, uid: uid(index + 9) },
      ],
      resourceVersion: String(48_200_000 + index),
      uid: uid(index),
    },
    spec: {
      containers: [
        {
          args: ["--listen=:8080", `--zone=eu-${index % 3}`],
          env: [
            { name: "DB_HOST", value: `${app(index)}-db.shop.svc` },
            { name: "DB_PASSWORD", valueFrom: { secretKeyRef: { key: "password", name: `${app(index)}-db` } } },
            { name: "LOG_LEVEL", value: "info" },
          ],
          image: `registry.example/shop/${app(index)}:1.${index % 40}.0`,
          imagePullPolicy: "IfNotPresent",
          livenessProbe: {
            failureThreshold: 3,
            httpGet: { path: "/healthz", port: 8080, scheme: "HTTP" },
            periodSeconds: 10,
          },
          name: app(index),
          ports: [{ containerPort: 8080, name: "http", protocol: "TCP" }],
          resources: { limits: { cpu: "500m", memory: "256Mi" }, requests: { cpu: "100m", memory: "128Mi" } },
          terminationMessagePath: "/dev/termination-log",
          volumeMounts: [{ mountPath: "/etc/app", name: "config" }, mount],
        },
      ],
      dnsPolicy: "ClusterFirst",
      nodeName: `worker-${index % 12}`,
      serviceAccountName: app(index),
      tolerations: [
        { effect: "NoExecute", key: "node.kubernetes.io/not-ready", operator: "Exists", tolerationSeconds: 300 },
      ],
      volumes: [
        { configMap: { defaultMode: 420, name: `${app(index)}-config` }, name: "config" },
        {
          name: mount.name,
          projected: {
            defaultMode: 420,
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
              { configMap: { items: [{ key: "ca.crt", path: "ca.crt" }], name: "kube-root-ca.crt" } },
            ],
          },
        },
      ],
    },
    status: {
      conditions: [
        { ...ready, type: "Ready" },
        { ...ready, type: "PodScheduled" },
      ],
      containerStatuses: [
        {
          containerID: `containerd://${hex(index, 64)}`,
          image: `registry.example/shop/${app(index)}:1.${index % 40}.0`,
          imageID: `registry.example/shop/${app(index)}@sha256:${hex(index + 3, 64)}`,
          ready: true,
          restartCount: index % 4,
          state: { running: { startedAt: stamp(index) } },
        },
      ],
      hostIP: `10.0.0.${index % 12}`,
      phase: "Running",
      podIP: `10.42.${index % 200}.7`,
      qosClass: "Burstable",
    },
  };
}

const podList = (count: number): unknown => ({
  apiVersion: "v1",
  items: Array.from({ length: count }, (_none, index) => pod(index)),
  kind: "List",
  metadata: { resourceVersion: "" },
});

const plainLog = (index: number): string =>
  `${stamp(index)} INFO  [http-${index % 8}] GET /api/v1/orders/${hex(index, 8)}?page=${index % 9} 200 ${index % 90}ms ` +
  (index % 50 === 0 ? "warn: token for session expired, asking http://auth.shop.svc:8080/renew" : "cache=hit user=u-1");

const jsonLog = (index: number): string =>
  JSON.stringify({
    time: stamp(index),
    level: index % 20 === 0 ? "warn" : "info",
    msg: index % 20 === 0 ? "upstream is slow" : "request served",
    trace_id: hex(index, 32),
    method: "POST",
    path: `/api/v1/carts/${hex(index + 1, 12)}/items`,
    status: 200,
    duration_ms: index % 300,
    caller: "handler/cart.go:114",
  });

const tableRow = (index: number): string =>
  `shop        ${app(index)}-${hex(index, 9)}-${hex(index + 7, 5)}   1/1     Running   0   ${index % 30}d   10.42.${index % 200}.7   worker-${index % 12}   <none>   <none>`;

const commit = (index: number): string =>
  `commit ${hex(index, 40)}\nAuthor: Ada Example <ada@example.org>\nDate:   ${stamp(index)}\n\n    fix(${app(index)}): retry when the queue is full\n\n` +
  `diff --git a/apps/${app(index)}/deploy.yaml b/apps/${app(index)}/deploy.yaml\nindex ${hex(index, 7)}..${hex(index + 1, 7)} 100644\n@@ -14,7 +14,7 @@ spec:\n` +
  `       containers:\n-        image: registry.example/shop/${app(index)}:1.1.0\n+        image: registry.example/shop/${app(index)}:1.2.0\n`;

const lines = (line: (index: number) => string, count: number): string =>
  Array.from({ length: count }, (_none, index) => line(index)).join("\n");

/** About a megabyte each. */
export const outputs = (): readonly Sample[] => [
  { name: "kubectl get pods -o yaml", text: stringify(podList(330), { indentSeq: false }) },
  { name: "kubectl get pods -o json", text: JSON.stringify(podList(190), null, 4) },
  { name: "kubectl get pods -o wide", text: lines(tableRow, 8000) },
  { name: "logs, plain", text: lines(plainLog, 9000) },
  { name: "logs, JSON", text: lines(jsonLog, 4500) },
  { name: "git log -p", text: lines(commit, 2500) },
];
