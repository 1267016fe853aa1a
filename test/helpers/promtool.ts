// Prometheus' own opinion of a text exposition. promtool comes with Debian's package `prometheus` (`make tools`);
// without it the tests that need it count as skipped.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

const candidates = [path.resolve(import.meta.dirname, "../../.tools/bin/promtool"), "/usr/bin/promtool"];
export const promtool = candidates.find((file) => existsSync(file));

/** What `promtool check metrics` says: nothing when all is well. Throws when it refuses. */
export function checkMetrics(exposition: string): string {
  if (promtool === undefined) throw new Error("there is no promtool");
  return execFileSync(promtool, ["check", "metrics"], { input: exposition, encoding: "utf8" });
}
