// A folder of one call for tools that cannot do without (tac keeps what it reads): made before the start, gone with all that is
// in it after the end. Used by execute.ts only.
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";

export interface TemporaryFolder {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
  remove(): void;
}

/** Below `parent`, readable by this user only. */
export function createTemporaryFolder(parent: string): TemporaryFolder {
  const folder = mkdtempSync(path.join(parent, "call-"));
  return {
    path: folder,
    environment: { TMPDIR: folder },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
