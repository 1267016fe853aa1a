// The rows of a table of settings, from a JSON schema and the defaults: name, shape of the value, default, meaning. Used by
// configuration-docs.ts.
import type * as z from "zod";

type Schema = z.core.JSONSchema.BaseSchema;

export interface Row {
  readonly name: string;
  readonly value: string;
  readonly default: string;
  readonly does: string;
}

/** A default that is longer is left to the file that ships it. */
const maxDefaultLength = 90;
/** What the end of a name says of its unit. */
const units: Readonly<Record<string, string>> = { ms: "milliseconds", s: "seconds", bytes: "bytes" };

/** A row for each setting; what lies in a map or in a list of maps has rows of its own. */
export function valuesOf(schema: Schema, defaults: unknown, above = ""): readonly Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, one]) => {
    if (typeof one === "boolean") return [];
    const name = `${above}${key}`;
    const value = isMap(defaults) ? defaults[key] : undefined;
    const parts = one.type === "object" ? valuesOf(one, value, `${name}.`) : [];
    const { items } = one;
    const ofItems = isSchema(items) && items.type === "object" ? valuesOf(items, undefined, `${name}[].`) : [];
    const shown = parts.length > 0 ? "" : inCode(value);
    const own = { name, value: shapeOf(one, key), default: shown, does: one.description ?? "" };
    return [own, ...parts, ...ofItems];
  });
}

/** A Markdown table with these headings; the columns are `default` by that name, the others in the order of Row. */
export function tableFrom(headings: readonly string[], rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    `\`${row.name}\``,
    row.value,
    ...(headings.includes("default") ? [row.default] : []),
    row.does,
  ]);
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text) => text.replaceAll("|", String.raw`\|`)).join(" | ")} |`.replaceAll("|  |", "| |");
  return [headings, headings.map(() => "---"), ...cells].map(line).join("\n");
}

function shapeOf(schema: Schema, key: string): string {
  const { title, type, enum: words, anyOf } = schema;
  if (title !== undefined) return title;
  if (words !== undefined) return words.map((one) => `\`${String(one)}\``).join(", ");
  if (type === "integer" || type === "number") return wholeOf(schema, key);
  if (type === "boolean") return "`true`, `false`";
  if (type === "array") return listOf(schema);
  if (type === "object") return "map";
  return anyOf?.some((one) => isSchema(one) && one.type === "number") === true ? "quantity" : "text";
}

function wholeOf({ minimum, maximum }: Schema, key: string): string {
  const unit = units[key.split("_").at(-1) ?? ""];
  return `whole number, ${minimum} to ${maximum}${unit === undefined ? "" : ` ${unit}`}`;
}

function listOf({ items, maxItems }: Schema): string {
  const most = maxItems === undefined ? "" : `, at most ${maxItems}`;
  const of = isSchema(items) && items.enum !== undefined ? ` of ${shapeOf(items, "")}` : "";
  return `list${of}${most}`;
}

function inCode(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return "";
  if (value === "" || (isMap(value) && Object.keys(value).length === 0)) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > maxDefaultLength ? "as shipped" : `\`${text}\``;
}

const isSchema = (value: unknown): value is Schema => isMap(value);

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
