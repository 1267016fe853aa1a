// The folders that commands of many calls write to, once one of them is full. Used by stage-process.ts. Only what anybody can fetch
// again is thrown away: the clone is the operator's affair.
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { SandboxProfile } from "../domain/sandbox.ts";
import type { Places } from "./grants.ts";
import { profiles } from "./profiles.ts";

/** A client that is at work meanwhile asks the cluster again for what it does not find. */
export async function emptyShared(profile: SandboxProfile, { cache }: Places): Promise<void> {
  if (cache === undefined || !profiles[profile].writes.includes("cache")) return;
  const names = await readdir(cache);
  await Promise.all(names.map((name) => rm(path.join(cache, name), { recursive: true, force: true })));
}
