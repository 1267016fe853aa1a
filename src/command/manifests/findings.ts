// What reading a manifest's fields adds up to. One per document; filled by shapes.ts and guess-facts.ts.
import type { ManifestFacts, ManifestVolume } from "../../domain/command.ts";

export class Findings {
  readonly images = new Set<string>();
  readonly secretRefs = new Set<string>();
  readonly serviceAccounts = new Set<string>();
  readonly hostNamespaces = new Set<string>();
  readonly capabilities = new Set<string>();
  readonly volumes: ManifestVolume[] = [];
  readonly command: (readonly string[])[] = [];
  /** How many copies are asked for, wherever it is said. */
  readonly replicas: number[] = [];
  automountToken: boolean | null = null;
  privileged = false;

  /** What policy is told; head and owner come from the document's metadata. */
  toFacts(head: Pick<ManifestFacts, "apiVersion" | "kind" | "namespace" | "name" | "owner">): ManifestFacts {
    const { apiVersion, kind, namespace, name, owner } = head;
    return {
      apiVersion,
      kind,
      namespace,
      name,
      images: sorted(this.images),
      secretRefs: sorted(this.secretRefs),
      serviceAccount: sorted(this.serviceAccounts).join(","),
      automountToken: this.automountToken,
      hostNamespaces: sorted(this.hostNamespaces),
      privileged: this.privileged,
      capabilities: sorted(this.capabilities),
      volumes: this.volumes,
      command: this.command,
      owner,
    };
  }
}

const sorted = (words: ReadonlySet<string>): readonly string[] => [...words].sort();
