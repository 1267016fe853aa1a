// Alertmanager's own opinion of its configuration. amtool comes with Debian's package `prometheus-alertmanager` (`make tools`); without it
// the tests that need it count as skipped.
import { existsSync } from "node:fs";
import path from "node:path";

const candidates = [path.resolve(import.meta.dirname, "../../.tools/bin/amtool"), "/usr/bin/amtool"];
export const amtool = candidates.find((file) => existsSync(file));
