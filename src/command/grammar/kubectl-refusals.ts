// What kubectl can do and this server never understands, with the reason and what to do instead. Data for kubectl.ts.
import { refusalTable } from "./refusal-table.ts";
import type { KnownRefusal } from "./types.ts";

const elsewhere: KnownRefusal = {
  message: "it would send the request, and the credentials, somewhere else or as someone else.",
  try: "leave it out: the server pins the cluster and the identity",
};
const readsFiles: KnownRefusal = { message: "it reads files, URLs or whole folders.", try: "name the objects" };
const rawPath: KnownRefusal = {
  message: "a raw API path goes round the resource rules.",
  try: "kubectl get TYPE NAME --output=json",
};
const verbose: KnownRefusal = { message: "verbose output prints request bodies and credentials.", try: "leave it out" };
const profiling: KnownRefusal = { message: "it writes a file.", try: "leave it out" };
const template: KnownRefusal = {
  message: "a template, and nothing else, goes into --output.",
  try: "--output=go-template=…",
};
const subresource: KnownRefusal = { message: "subresources are not modelled.", try: "leave it out" };
const chunks: KnownRefusal = {
  message: "how the answer is cut into pages is the server's to say.",
  try: "leave it out",
};
const unbounded: KnownRefusal = {
  message: "it lifts the bound on what one command changes.",
  try: "name one object",
};
const hurried: KnownRefusal = {
  message: "it lifts the bound on how a change is made.",
  try: "leave it out",
};

export const refusedFlags = refusalTable(
  ["--raw", rawPath],
  ["--filename -f --kustomize -k --recursive -R", readsFiles],
  ["--template", template],
  ["--kubeconfig --context --cluster --user --server -s --token --username --password", elsewhere],
  ["--as --as-group --as-uid --as-user-extra --client-certificate --client-key", elsewhere],
  ["--certificate-authority --insecure-skip-tls-verify --tls-server-name --cache-dir --kuberc", elsewhere],
  ["-v --v --vmodule", verbose],
  ["--profile --profile-output", profiling],
  ["--subresource", subresource],
  ["--chunk-size", chunks],
  ["--all --prune", unbounded],
  ["--force --grace-period --now --cascade", hurried],
);

const inside: KnownRefusal = {
  message: "it opens a way into a container or the network.",
  try: "kubectl logs, kubectl describe",
};
const writesFreely: KnownRefusal = {
  message: "it changes objects in ways that are not modelled.",
  try: "kubectl rollout restart, kubectl scale, kubectl apply -f - with the manifest as standard input",
};
const notYet: KnownRefusal = {
  message: "this version does not understand it yet, so it cannot be judged.",
  try: "kubectl rollout undo, kubectl scale, kubectl rollout status",
};
const configures: KnownRefusal = {
  message: "it shows or changes the credentials that kubectl uses.",
  try: "kubectl config current-context",
};
const runsPrograms: KnownRefusal = { message: "it runs or renders what is not an object of the cluster." };

const words = refusalTable(
  ["exec cp attach port-forward proxy debug run", inside],
  ["edit patch replace create expose autoscale drain taint certificate convert", writesFreely],
  ["diff", readsFiles],
  ["set wait", notYet],
  ["plugin kustomize alpha completion options", runsPrograms],
  ["config", configures],
);

/** By the verb's first word, or by two words where the family holds verbs that are understood. */
export const refusedVerbs: ReadonlyMap<string, KnownRefusal> = new Map([
  ...words,
  ["rollout pause", notYet],
  ["rollout resume", notYet],
  ["auth reconcile", writesFreely],
]);
