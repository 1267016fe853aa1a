// The simulated Flux controllers: an object that is not suspended takes note of what it was asked. Used by changes.ts.
import { at, fieldsAt, isFields, listAt, numberAt } from "./fields.ts";
import { timestamp } from "./names.ts";
import type { KubernetesObject } from "./store.ts";

const requestedAt = "reconcile.fluxcd.io/requestedAt";

/** The object after its controller saw it; it stays as ready as it was. Objects of no Flux kind come back as they are. */
export function reconciled(object: KubernetesObject, nowMs: number): KubernetesObject {
  if (!object.apiVersion.includes(".toolkit.fluxcd.io/") || at(object, "spec.suspend") === true) return object;
  const observedGeneration = numberAt(object, "metadata.generation");
  const requested = fieldsAt(object, "metadata.annotations")[requestedAt];
  const conditions = listAt(object, "status.conditions")
    .filter(isFields)
    .map((condition) => ({ ...condition, observedGeneration, lastTransitionTime: timestamp(nowMs) }));
  return {
    ...object,
    status: {
      ...fieldsAt(object, "status"),
      observedGeneration,
      conditions,
      ...(requested === undefined ? {} : { lastHandledReconcileAt: requested }),
    },
  };
}
