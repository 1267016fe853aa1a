// The whole ladder over a real clone of a real remote: policy, audit, slots, execution, work tree. Pushes need a person, whom
// this version cannot ask yet: the tests take that obligation away where they are about what comes after it.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { onTestFinished } from "vitest";
import { composeExecution } from "../../src/compose/execution.ts";
import { composeWorkTree } from "../../src/compose/work-tree.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import type { WorkTree } from "../../src/domain/ports.ts";
import type { SiteLayer } from "../../src/policy/site-data.ts";
import { lenient } from "../gate/lenient.ts";
import { clock, never, openGate, openPlace, type Place, toCall } from "../gate/setup.ts";
import { type GitServer, openGitServer, token } from "../helpers/git-server.ts";

export const hasGit =
  spawnSync("git", ["http-backend"], { env: { PATH: process.env["PATH"] ?? "" } }).error === undefined;

export interface Shop extends Place {
  readonly remote: GitServer;
  /** Folder of the clone and its trees. */
  readonly cloneFolder: string;
  readonly workTree: WorkTree;
  readonly ask: (tool: string, own: unknown, principal?: string) => Promise<Outcome>;
}

export interface ShopOptions {
  readonly githubToken?: string;
  readonly site?: SiteLayer;
  readonly remote?: GitServer;
  readonly place?: Place;
  /** Policy allows whatever is understood: what then stops a push is the remote. */
  readonly allowsAll?: true;
  /** Stands around the work tree: what happens between the two looks. */
  readonly around?: (real: WorkTree, remote: GitServer) => WorkTree;
}

/** One replica. */
export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const place = options.place ?? openPlace();
  const remote = options.remote ?? (await openGitServer());
  const toolPath = ["/usr/local/bin", "/usr/bin", "/bin"];
  const config = {
    toolPath,
    sandbox: "prefer" as const,
    helperPath: [path.resolve(import.meta.dirname, "../../.tools/bin")],
    maxConcurrency: 4,
    maxQueue: 4,
    githubToken: options.githubToken ?? token,
  };
  const cloneFolder = path.join(place.folder, "clone-of-this-replica");
  const execution = await composeExecution(config, {
    clock,
    serverUrl: remote.url,
    workspace: { repository: "o/r", folder: cloneFolder },
  });
  onTestFinished(() => execution.abandon());
  const workspace = { repository: "o/r", folder: cloneFolder };
  const settings = { defaultNamespace: "default", fluxNamespace: "flux-system", kinds: [] };
  const { workTree: real } = composeWorkTree(
    { workspace, serverUrl: remote.url },
    { execution, settings: () => settings, clock },
  );
  if (real === undefined) throw new Error("no work tree");
  const workTree = options.around?.(real, remote) ?? real;
  const { gate } = openGate({
    place,
    site: { repositories: ["o/r"], ...options.site },
    replace: ({ policy }) => ({ execution, workTree, policy: lenient(policy, options) }),
  });
  return {
    ...place,
    remote,
    cloneFolder,
    workTree,
    ask: (tool, own, id = "n8n") => {
      const call = toCall(tool, own, { callId: `call-${(calls += 1)}` });
      return gate.call({ ...call, principal: { ...call.principal, id } }, never());
    },
  };
}

let calls = 0;
