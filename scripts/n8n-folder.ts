// Where the n8n that the templates are run in lies: in the user's cache, outside the clone, by a stamp of everything that decides
// what is installed. Asked by install-n8n.ts, which fills it, and by the tests, which start what is there.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { userCache } from "./user-cache.ts";

/** The pinned manifest: package.json and package-lock.json. */
export const n8nManifest = path.resolve(import.meta.dirname, "../test/n8n/runtime");

export function n8nFolder(): string {
  const hash = createHash("sha256").update(JSON.stringify([process.version, process.arch]));
  for (const name of ["package.json", "package-lock.json"]) hash.update(readFileSync(path.join(n8nManifest, name)));
  return path.join(userCache, `n8n-${hash.digest("hex").slice(0, 16)}`);
}

/** Its node_modules, when it is there whole: a folder gets its name only after the last step. */
export function installedN8n(): string | undefined {
  const modules = path.join(n8nFolder(), "node_modules");
  return existsSync(modules) ? modules : undefined;
}
