// Leases of Kubernetes (coordination.k8s.io/v1) in the server's own namespace: made once, looked at, collected. The port of the
// approval ledger; it needs the verbs create, get, list and delete there, and no other.
import * as z from "zod";
import type { Leases } from "../domain/approval.ts";
import type { ApiAnswer, CallApi } from "./api.ts";

const label = "ai-sre/ledger";
const labelValue = "approval";
/** Looked through in one collection. */
const maxListed = 500;

const lease = z.looseObject({
  metadata: z.looseObject({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
});
const list = z.looseObject({ items: z.array(lease) });
const status = z.looseObject({ reason: z.string().max(64) });

export function createLeases(call: CallApi, namespace: string): Leases {
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
  const pathOf = (name: string): string => `${collection}/${encodeURIComponent(name)}`;
  const refused = (verb: string, { status: code, body }: ApiAnswer): Error => {
    const said = status.safeParse(body);
    const why = said.success ? said.data.reason : `status ${code}`;
    return new Error(`the Kubernetes API does not let this server ${verb} Leases in namespace ${namespace} (${why})`);
  };

  return {
    create: async (name, annotations) => {
      const answer = await call("POST", collection, {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: {
          name,
          namespace,
          labels: { "app.kubernetes.io/managed-by": "ai-sre", [label]: labelValue },
          annotations,
        },
        spec: { holderIdentity: "ai-sre" },
      });
      if (answer.status === 201) return "created";
      // Of the conflicts only this one says that the name is taken.
      if (answer.status === 409 && status.safeParse(answer.body).data?.reason === "AlreadyExists") return "exists";
      throw refused("create", answer);
    },
    read: async (name) => {
      const answer = await call("GET", pathOf(name));
      if (answer.status === 404) return undefined;
      const read = lease.safeParse(answer.body);
      if (answer.status !== 200 || !read.success) throw refused("get", answer);
      return read.data.metadata.annotations;
    },
    list: async () => {
      const query = new URLSearchParams({ labelSelector: `${label}=${labelValue}`, limit: String(maxListed) });
      const answer = await call("GET", `${collection}?${query.toString()}`);
      const read = list.safeParse(answer.body);
      if (answer.status !== 200 || !read.success) throw refused("list", answer);
      return read.data.items.map(({ metadata: { name, annotations } }) => ({ name, annotations }));
    },
    remove: async (name) => {
      const answer = await call("DELETE", pathOf(name));
      if (answer.status !== 200 && answer.status !== 202 && answer.status !== 404) throw refused("delete", answer);
    },
  };
}
