// Checks one flag value against its type and makes it canonical. A value that is not exactly right is refused with an
// example of what would be.
import type { ValueType } from "./grammar/types.ts";

/** A `try` that begins with `=` is read behind the flag's own name. */
export type CheckedValue = { readonly value: string } | { readonly problem: string; readonly try?: string };

/** Longest flag value, bytes; a program may be twice as long. */
const maxValueBytes = 8 * 1024;
const maxProgramBytes = 16 * 1024;

const dns1123Label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const dns1123Subdomain = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const labelSelector = /^[A-Za-z0-9!][A-Za-z0-9_./,=!()<> -]*$/;
const fieldSelector = /^[A-Za-z][A-Za-z0-9_./,=!:[\]-]*$/;

const isNamespace = (text: string): boolean => dns1123Label.test(text);
export const isObjectName = (text: string): boolean => dns1123Subdomain.test(text) && !text.includes("..");

/** pflag's ParseBool: the spellings that Go accepts for a boolean. */
const trueWords = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const falseWords = new Set(["0", "f", "F", "false", "FALSE", "False"]);

export function checkValue(type: ValueType, text: string): CheckedValue {
  const limit = type.kind === "pattern" && type.program === true ? maxProgramBytes : maxValueBytes;
  if (Buffer.byteLength(text) > limit) return { problem: `is longer than ${limit} bytes` };
  switch (type.kind) {
    case "boolean":
      if (trueWords.has(text)) return { value: "true" };
      return falseWords.has(text) ? { value: "false" } : { problem: "must be true or false", try: "=true" };
    case "integer":
      return checkInteger(text, type.min, type.max);
    case "duration":
      return checkDuration(text, type);
    case "enum":
      return checkEnum(text, type.values);
    case "namespace":
      return isNamespace(text)
        ? { value: text }
        : { problem: "must be a namespace such as default", try: "--namespace=default" };
    case "name":
      return isObjectName(text) ? { value: text } : { problem: "must be one object's name" };
    case "selector": {
      const shape = type.of === "label" ? labelSelector : fieldSelector;
      return shape.test(text)
        ? { value: text }
        : {
            problem: `must be a ${type.of} selector such as ${type.of === "label" ? "app=web" : "status.phase!=Running"}`,
          };
    }
    case "printer":
      return checkPrinter(text, type.values, type.templates === true);
    case "object":
      return /^[A-Za-z][A-Za-z0-9.-]*\/[a-z0-9.-]+$/.test(text)
        ? { value: text }
        : { problem: "must be TYPE/NAME such as pod/web-1" };
    case "pattern":
      return type.pattern.test(text) ? { value: text } : { problem: `must look like ${type.looksLike}` };
  }
}

function checkEnum(text: string, values: readonly string[]): CheckedValue {
  if (values.includes(text)) return { value: text };
  return { problem: `must be ${values.length === 1 ? "" : "one of "}${values.join(", ")}`, try: `=${values[0] ?? ""}` };
}

function checkInteger(text: string, min: number, max: number): CheckedValue {
  const value = /^-?(0|[1-9][0-9]{0,9})$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return { value: String(value) };
  return { problem: `must be a whole number from ${min} to ${max}`, try: `=${min}..${max}` };
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function checkDuration(text: string, type: Extract<ValueType, { kind: "duration" }>): CheckedValue {
  const { minMs, maxMs, capMs = maxMs } = type;
  const parts = /^([0-9]{1,6}(ms|s|m|h))+$/.test(text) ? [...text.matchAll(/([0-9]+)(ms|s|m|h)/g)] : [];
  const totalMs = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ""] ?? Number.NaN), 0);
  if (parts.length > 0 && totalMs >= minMs && totalMs <= maxMs)
    return { value: totalMs > capMs ? `${capMs / 1000}s` : text };
  return { problem: `must be a duration from ${minMs / 1000}s to ${maxMs / 1000}s`, try: "30s" };
}

/** Templates that carry their program in the value; `*-file` and `templatefile` read files and are not among them. */
const inlineTemplates = ["jsonpath=", "jsonpath-as-json=", "custom-columns=", "go-template="] as const;

function checkPrinter(text: string, values: readonly string[], templates: boolean): CheckedValue {
  if (values.includes(text)) return { value: text };
  const isTemplate = inlineTemplates.some((prefix) => text.startsWith(prefix) && text.length > prefix.length);
  if (templates && isTemplate) return { value: text };
  return {
    problem: `must be one of ${values.join(", ")}${templates ? ", jsonpath=…, custom-columns=…, go-template=…" : ""}`,
    try: `--output=${values[0] ?? "json"}`,
  };
}
