// Writes what the chart holds of other rooms: the schema of its values, the access that the policy needs, and the monitoring files;
// with --check compares instead and changes nothing. Called by `make chart` and `make check`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { renderAccess } from "./chart-access.ts";
import { chartValuesSchema } from "./chart-values.ts";

const root = path.resolve(import.meta.dirname, "..");
const at = (file: string): string => path.join(root, file);
const text = (file: string): string => readFileSync(at(file), "utf8");

/** Monitoring files that the chart brings to a cluster. */
const copies = ["alerts.yaml", "slo.yaml", "dashboard.json"];

/** File → its text, as it is committed. */
export function renderChartFiles(): Readonly<Record<string, string>> {
  const schema = z.toJSONSchema(chartValuesSchema, { target: "draft-7", io: "input" });
  return {
    "chart/values.schema.json": `${JSON.stringify(schema, null, 2)}\n`,
    "chart/files/access.json": renderAccess(at("policies/build/data.json")),
    ...Object.fromEntries(copies.map((name) => [`chart/files/${name}`, text(`monitoring/${name}`)])),
  };
}

const isCurrent = ([file, wanted]: readonly [string, string]): boolean => {
  try {
    return text(file) === wanted;
  } catch {
    return false;
  }
};

if (import.meta.main) {
  const stale = Object.entries(renderChartFiles()).filter((one) => !isCurrent(one));
  const names = stale.map(([file]) => file).join(", ");
  if (process.argv.includes("--check")) {
    console.log(stale.length === 0 ? "chart: up to date" : `chart: stale: ${names}: run \`make chart\``);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    mkdirSync(at("chart/files"), { recursive: true });
    for (const [file, wanted] of stale) writeFileSync(at(file), wanted);
    console.log(`chart: ${stale.length === 0 ? "as before" : `wrote ${names}`}`);
  }
}
