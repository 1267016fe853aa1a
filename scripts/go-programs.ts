// The command-line tools that are built from modules pinned under tools/: for the image all of them, for the tests flux and yq.
// Data; what is built from it is in go-program.ts.
import type { GoProgram } from "./go-program.ts";

export const yq: GoProgram = { name: "yq", module: "github.com/mikefarah/yq/v4" };

export const flux: GoProgram = {
  name: "flux",
  module: "github.com/fluxcd/flux2/v2",
  package: "cmd/flux",
  versionVariable: "main.VERSION",
  // Only `flux install` and `flux bootstrap` read them, which nobody may run here.
  lacks: { file: "cmd/flux/manifests/none.yaml", text: "# This build installs nothing.\n" },
};

const helm: GoProgram = {
  name: "helm",
  module: "helm.sh/helm/v4",
  package: "cmd/helm",
  variables: { "helm.sh/helm/v4/internal/version.version": "v{version}" },
  probe: ["version", "--short"],
};

const gh: GoProgram = {
  name: "gh",
  module: "github.com/cli/cli/v2",
  package: "cmd/gh",
  versionVariable: "github.com/cli/cli/v2/internal/build.Version",
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
