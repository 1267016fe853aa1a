// What each sandbox profile grants: the one table of what commands may touch. Data; read by grants.ts and by the tests.
// Everything that is not said here is not given.
import type { SandboxProfile } from "../domain/sandbox.ts";

/** Places that differ from server to server and from call to call. */
export type Place = "kubeconfig" | "cache" | "home" | "clone" | "workTree" | "temporary";

export interface Limits {
  /** CPU time of one process, seconds. */
  readonly cpuS: number;
  /** Largest file that it may write, bytes. */
  readonly fileBytes: number;
  /** Open files. */
  readonly openFiles: number;
  /** Private memory of one process, and anonymous memory of all together, bytes. */
  readonly memoryBytes: number;
  readonly processes: number;
}

export interface Profile {
  /** How it reaches the broker when the command talks to another host; absent: never. */
  readonly reaches?: "tcp" | "unix";
  readonly reads: readonly (Place | `/${string}`)[];
  readonly writes: readonly (Place | `/${string}`)[];
  /** Written only by commands that change something; read by all others. */
  readonly changes: readonly Place[];
  readonly limits: Limits;
  /** What its folders may hold in all, whoever wrote it, bytes. */
  readonly rooms: Readonly<Partial<Record<Place, number>>>;
}

const MB = 1024 * 1024;

/** One process, no files but a temporary one, twice as large as what a stage reads at most. */
const filter: Limits = { cpuS: 20, fileBytes: 8 * MB, openFiles: 64, memoryBytes: 256 * MB, processes: 1 };
/** Programs in Go: more descriptors for their poller, a cache on disk. */
const client: Limits = { cpuS: 30, fileBytes: 16 * MB, openFiles: 256, memoryBytes: 256 * MB, processes: 1 };
/** git starts itself and git-remote-http; a pack is as large as the repository's history. */
const repository: Limits = { cpuS: 60, fileBytes: 1024 * MB, openFiles: 256, memoryBytes: 512 * MB, processes: 32 };
/** What the cluster says of its kinds, kept for all calls: some megabytes where there are hundreds of them. */
const shared: Profile["rooms"] = { cache: 128 * MB };

export const profiles: Readonly<Record<SandboxProfile, Profile>> = {
  // A tool that needs no temporary folder has none, so that it can write nothing.
  text: { reads: [], writes: ["temporary"], changes: [], limits: filter, rooms: { temporary: 8 * MB } },
  kubectl: { reaches: "tcp", reads: ["kubeconfig"], writes: ["cache"], changes: [], limits: client, rooms: shared },
  helm: { reaches: "tcp", reads: ["kubeconfig"], writes: ["cache"], changes: [], limits: client, rooms: shared },
  flux: { reaches: "tcp", reads: ["kubeconfig"], writes: ["cache"], changes: [], limits: client, rooms: shared },
  git: {
    reaches: "tcp",
    reads: ["home", "/dev/urandom"],
    writes: ["/dev/null"],
    changes: ["clone", "workTree"],
    limits: repository,
    rooms: { clone: 4096 * MB, workTree: 1024 * MB },
  },
  // Answers that nobody wants to see go to /dev/null.
  curl: {
    reaches: "tcp",
    reads: [],
    writes: ["/dev/null"],
    changes: [],
    limits: { ...filter, openFiles: 256 },
    rooms: {},
  },
  gh: { reaches: "unix", reads: ["home"], writes: [], changes: [], limits: client, rooms: {} },
};
