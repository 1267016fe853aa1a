// The command-line tools that are built from modules pinned under tools/: for the image all of them, for the tests flux, gh and yq.
// Data; what is built from it is in go-program.ts.
import type { GoProgram } from "./go-program.ts";

export const yq: GoProgram = { name: "yq", module: "github.com/mikefarah/yq/v4" };

const fluxWithout =
  "bootstrap build create debug delete diff export list plugin pull push tag " +
  "completion_ docgen envsubst install manifests.embed migrate trigger uninstall";

export const flux: GoProgram = {
  name: "flux",
  module: "github.com/fluxcd/flux2/v2",
  package: "cmd/flux",
  versionVariable: "main.VERSION",
  // What nobody may run here: installing, writing and deleting Flux's objects, showing Secrets, files, registries, plugins. With
  // it go the clients of five Git hosts, and a third of the program. `completion.go` holds what the others need.
  patch: {
    without: fluxWithout.split(" ").map((start) => `cmd/flux/${start}*.go`),
    with: { "cmd/flux/plugin.go": "// No plugins.\npackage main\n\nfunc registerPlugins() {}\n" },
  },
};

const helm: GoProgram = {
  name: "helm",
  module: "helm.sh/helm/v4",
  package: "cmd/helm",
  variables: { "helm.sh/helm/v4/internal/version.version": "v{version}" },
  probe: ["version", "--short"],
};

export const gh: GoProgram = {
  name: "gh",
  module: "github.com/cli/cli/v2",
  own: true,
  versionVariable: "main.version",
};

/** Kubernetes' libraries count from v0.35.4 where its programs count from v1.35.4. */
const kubernetes = { version: "v1.35.4", major: "1", minor: "35" };

const kubectl: GoProgram = {
  name: "kubectl",
  module: "k8s.io/kubectl",
  own: true,
  variables: {
    "k8s.io/component-base/version.gitVersion": kubernetes.version,
    "k8s.io/component-base/version.gitMajor": kubernetes.major,
    "k8s.io/component-base/version.gitMinor": kubernetes.minor,
  },
  probe: ["version", "--client"],
  says: kubernetes.version,
};

export const imagePrograms: readonly GoProgram[] = [kubectl, helm, flux, gh, yq];
