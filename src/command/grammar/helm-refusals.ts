// What helm can do and this server never understands, with the reason and what to do instead. Data for helm.ts.
import { refusalTable } from "./refusal-table.ts";
import type { KnownRefusal } from "./types.ts";

const elsewhere: KnownRefusal = {
  message: "it would send the request, and the credentials, somewhere else or as someone else.",
  try: "leave it out: the server pins the cluster and the identity",
};
const readsFiles: KnownRefusal = {
  message: "it names files and folders of the server.",
  try: "leave it out",
};
const verbose: KnownRefusal = { message: "verbose output prints what helm reads and sends.", try: "leave it out" };
const unbounded: KnownRefusal = {
  message: "it replaces objects by force, or lifts the bounds of requests.",
  try: "helm rollback RELEASE REVISION",
};
const program: KnownRefusal = { message: "a template is a program.", try: "helm version --short" };

export const helmRefusedFlags = refusalTable(
  ["--kube-apiserver --kube-as-group --kube-as-user --kube-ca-file --kube-context --kube-token", elsewhere],
  ["--kube-insecure-skip-tls-verify --kube-tls-server-name --kubeconfig", elsewhere],
  ["--registry-config --repository-cache --repository-config --content-cache", readsFiles],
  ["--values --set --set-string --set-json --set-literal --set-file --post-renderer --post-renderer-args", readsFiles],
  ["--debug --color --colour", verbose],
  ["--force --force-replace --force-conflicts --server-side --recreate-pods --burst-limit --qps", unbounded],
  ["--template", program],
);

const values: KnownRefusal = {
  message: "it prints values and manifests, which hold passwords.",
  try: "helm status RELEASE, helm history RELEASE, helm get notes RELEASE",
};
const charts: KnownRefusal = {
  message: "it reads charts from files or the network.",
  try: "helm list, helm status RELEASE",
};
const gitOps: KnownRefusal = {
  message: "what is installed is decided in Git, not here.",
  try: "helm rollback RELEASE REVISION, or a change in the repository",
};
const configures: KnownRefusal = {
  message: "it runs plugins, or shows or changes what helm is set up with.",
  try: "helm version",
};

/** By the verb's first word, or by two words where the family holds a verb that is understood. */
export const helmRefusedVerbs: ReadonlyMap<string, KnownRefusal> = new Map([
  ...refusalTable(
    ["install upgrade uninstall delete del un test", gitOps],
    ["template pull fetch push show inspect lint package create dependency dep dependencies verify search", charts],
    ["plugin repo registry env completion", configures],
  ),
  ...["all", "values", "manifest", "hooks", "metadata"].map((what) => [`get ${what}`, values] as const),
]);
