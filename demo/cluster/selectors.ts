// Label and field selectors of list and watch requests. Used by the simulated API.
import { textAt } from "./fields.ts";
import type { KubernetesObject } from "./store.ts";

/** True for an object that both selectors take; "" takes everything. */
export type Filter = (object: KubernetesObject) => boolean;

/** @throws Error for a requirement that cannot be read */
export function selectorFilter(labelSelector: string, fieldSelector: string): Filter {
  const requirements = [...split(labelSelector).map(labelRequirement), ...split(fieldSelector).map(fieldRequirement)];
  return (object) => requirements.every((meets) => meets(object));
}

/** At commas outside parentheses. */
const split = (selector: string): readonly string[] =>
  selector === "" ? [] : selector.split(/,(?![^(]*\))/).map((part) => part.trim());

function labelRequirement(text: string): Filter {
  const labelOf = (object: KubernetesObject, key: string): string | undefined => object.metadata.labels?.[key];
  const inList = /^([^\s!=,()]+)\s+(in|notin)\s+\(([^()]*)\)$/.exec(text);
  if (inList !== null) {
    const [, key = "", operator, list = ""] = inList;
    const values = list.split(",").map((value) => value.trim());
    return (object) => {
      const value = labelOf(object, key);
      const isIn = value !== undefined && values.includes(value);
      return operator === "in" ? isIn : !isIn;
    };
  }
  const compared = comparison(text);
  if (compared !== undefined) {
    return (object) => (labelOf(object, compared.key) === compared.value) === compared.equal;
  }
  const exists = /^(!?)([^\s!=,()]+)$/.exec(text);
  if (exists === null) throw new Error(`unable to parse requirement: ${text}`);
  const [, not, key = ""] = exists;
  return (object) => (labelOf(object, key) === undefined) === (not === "!");
}

function fieldRequirement(text: string): Filter {
  const compared = comparison(text);
  if (compared === undefined) throw new Error(`invalid field selector: ${text}`);
  return (object) => (textAt(object, compared.key) === compared.value) === compared.equal;
}

function comparison(text: string) {
  const match = /^([^\s!=,()]+?)\s*(==|=|!=)\s*([^\s!=,()]*)$/.exec(text);
  if (match === null) return undefined;
  const [, key = "", operator, value = ""] = match;
  return { key, value, equal: operator !== "!=" };
}
