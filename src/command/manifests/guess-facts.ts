// Facts of a kind whose fields nobody wrote down (custom resources, RBAC): whatever anywhere in it looks like one. It finds
// too much rather than too little; policy allows such a kind only where a site names it.
import type { Findings } from "./findings.ts";
import { isList, isMap, type Json, type JsonMap } from "./json.ts";

const hostFields: ReadonlyMap<string, string> = new Map([
  ["hostNetwork", "network"],
  ["hostPID", "pid"],
  ["hostIPC", "ipc"],
  ["hostPort", "port"],
]);

/** Walks every value; depth and size were bounded when it was read. */
export function guessFacts(value: Json, found: Findings): void {
  if (isList(value)) for (const item of value) guessFacts(item, found);
  if (!isMap(value)) return;
  for (const [key, item] of Object.entries(value)) {
    take(key, item, value, found);
    guessFacts(item, found);
  }
}

function take(key: string, item: Json, around: JsonMap, found: Findings): void {
  const host = hostFields.get(key);
  if (host !== undefined && item !== false && item !== null && item !== 0) found.hostNamespaces.add(host);
  if (/secret/i.test(key)) collectTexts(item, found.secretRefs);
  if (around["kind"] === "Secret" && key === "name") collectTexts(item, found.secretRefs);
  if (/image/i.test(key) && typeof item === "string") found.images.add(item);
  if (/^serviceAccount(Name)?$/.test(key) && typeof item === "string" && item !== "") found.serviceAccounts.add(item);
  if (key === "automountServiceAccountToken") found.automountToken = item === true || found.automountToken === true;
  if ((key === "privileged" && item !== false) || item === "Unconfined") found.privileged = true;
  if (key === "capabilities" && isMap(item)) collectTexts(item["add"] ?? null, found.capabilities);
  if (key === "hostPath") found.volumes.push({ type: "hostPath", source: pathOf(item) });
  if (/^(command|args)$/.test(key) && isList(item)) found.command.push(item.filter((word) => typeof word === "string"));
  if (/^(replicas|maxReplicas|parallelism)$/.test(key) && typeof item === "number") found.replicas.push(item);
}

function pathOf(value: Json): string {
  const path = isMap(value) ? value["path"] : value;
  return typeof path === "string" ? path : "";
}

function collectTexts(value: Json, into: Set<string>): void {
  if (typeof value === "string") into.add(value);
  if (isList(value)) for (const item of value) collectTexts(item, into);
  if (isMap(value)) for (const item of Object.values(value)) collectTexts(item, into);
}
