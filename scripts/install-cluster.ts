// Puts a real Kubernetes API server, its controllers and etcd into .tools/cluster, built with Go from tools/kubernetes and tools/etcd:
// what tests ask for that want no simulated cluster. Called by `make cluster`, which builds (ten minutes of processor time, once), and
// with --cached by `make tools`, which takes what was built before. What is not there is named, and its tests are skipped.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { buildGoProgram, type GoProgram } from "./go-program.ts";
import { placeProgram } from "./place-program.ts";

const root = path.resolve(import.meta.dirname, "..");
const target = path.join(root, ".tools/cluster");
const kubernetesVersion = "v1.35.4";

const programs: readonly GoProgram[] = [
  { name: "etcd", module: "go.etcd.io/etcd/server/v3" },
  ...["kube-apiserver", "kube-controller-manager"].map((name) => ({
    name,
    folder: "kubernetes",
    module: "k8s.io/kubernetes",
    package: `cmd/${name}`,
    variables: Object.fromEntries(
      ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((one) => [
        [`${one}.gitVersion`, kubernetesVersion],
        [`${one}.gitMajor`, "1"],
        [`${one}.gitMinor`, "35"],
      ]),
    ),
  })),
];

const cachedOnly = process.argv.includes("--cached");
mkdirSync(target, { recursive: true });
const say = (line: string): void => console.log(line);
for (const program of programs) {
  const built = buildGoProgram(root, program, say, { cachedOnly });
  if (built.ok) placeProgram(built.file, path.join(target, program.name));
  say(
    built.ok
      ? `${program.name}: in .tools/cluster`
      : `${program.name}: not available (${built.why}${cachedOnly ? "; `make cluster` builds it" : ""}); tests that need it are skipped`,
  );
}
