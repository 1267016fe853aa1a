// What flux can do and this server never understands, with the reason and what to do instead. Data for flux.ts.
import { refusalTable } from "./refusal-table.ts";
import type { KnownRefusal } from "./types.ts";

const elsewhere: KnownRefusal = {
  message: "it would send the request, and the credentials, somewhere else or as someone else.",
  try: "leave it out: the server pins the cluster and the identity",
};
const hidden: KnownRefusal = {
  message: "it takes the namespace from the kubeconfig, where nobody sees it.",
  try: "--namespace=NAME",
};
const verbose: KnownRefusal = { message: "it prints whole objects.", try: "leave it out" };
const unbounded: KnownRefusal = {
  message: "it acts on every object, or by force.",
  try: "flux reconcile kustomization NAME",
};
const tuned: KnownRefusal = { message: "how the server is asked is pinned.", try: "leave it out" };
const traced: KnownRefusal = { message: "name the object by its type.", try: "flux trace TYPE NAME" };

export const fluxRefusedFlags = refusalTable(
  ["--kubeconfig --context --cluster --user --server -s --token --proxy-url", elsewhere],
  ["--as --as-group --as-uid --as-user-extra --client-certificate --client-key", elsewhere],
  ["--certificate-authority --insecure-skip-tls-verify --tls-server-name --cache-dir", elsewhere],
  ["--ns-follows-kube-context", hidden],
  ["--verbose", verbose],
  ["--all --force --reset", unbounded],
  ["--kube-api-burst --kube-api-qps --disable-compression --poll-interval --components --components-extra", tuned],
  ["--kind --api-version", traced],
);

const gitOps: KnownRefusal = {
  message: "what Flux runs is decided in Git, not here.",
  try: "flux reconcile kustomization NAME, or a change in the repository",
};
const prints: KnownRefusal = {
  message: "it prints whole objects, or values out of Secrets.",
  try: "flux get KIND NAME, flux tree kustomization NAME",
};
const files: KnownRefusal = {
  message: "it reads or writes files, or sends them to a registry.",
  try: "flux get source oci",
};
const reaches: KnownRefusal = {
  message: "it sends requests to any URL, or runs plugins.",
  try: "flux reconcile receiver NAME",
};

/** By the verb's first word. */
export const fluxRefusedVerbs = refusalTable(
  ["create delete install uninstall bootstrap migrate", gitOps],
  ["export debug", prints],
  ["build diff push pull tag list envsubst docgen completion", files],
  ["trigger plugin", reaches],
);
