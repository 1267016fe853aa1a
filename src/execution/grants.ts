// Profile, command and places → exactly what one process may do. Pure; used by execute.ts and server-command.ts.
import type { Bounds } from "../domain/bounds.ts";
import type { Lease } from "../domain/ports.ts";
import type { SandboxProfile } from "../domain/sandbox.ts";
import { type Limits, type Place, profiles } from "./profiles.ts";

/** Where the places of a profile lie; a missing one is not granted. */
export type Places = Readonly<Partial<Record<Place, string>>>;

export interface Grants {
  readonly net: "none" | "tcp" | "unix";
  /** TCP ports that may be connected to. */
  readonly connect: readonly number[];
  /** The Unix socket that every connection leads to. */
  readonly socket?: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly limits: Limits;
  /** What folders that it writes to may hold. */
  readonly rooms: readonly Room[];
}

interface Room {
  readonly folder: string;
  readonly bytes: number;
}

export interface Asked {
  readonly profile: SandboxProfile;
  /** True when it talks to another host. */
  readonly egress: boolean;
  /** True when it changes something. */
  readonly changes: boolean;
  /** What policy and the caller allow at most; the profile's own limits hold where they are lower. */
  readonly bounds?: Partial<Bounds>;
}

/** `lease`: the way to the broker; absent for a command that it gives none. */
export function grantsFor({ profile, egress, changes, bounds = {} }: Asked, places: Places, lease?: Lease): Grants {
  const { reaches, limits, rooms, ...paths } = profiles[profile];
  const at = (names: readonly (Place | `/${string}`)[]): readonly string[] =>
    names.flatMap((name) => (isPath(name) ? [name] : [places[name] ?? []].flat()));
  const way = egress && reaches !== undefined ? wayOf(lease) : noWay;
  return {
    ...way,
    read: [...at(paths.reads), ...(changes ? [] : at(paths.changes))],
    write: [...at(paths.writes), ...(changes ? at(paths.changes) : [])],
    limits: within(limits, bounds, paths.writes.includes("temporary")),
    rooms: [...paths.writes, ...(changes ? paths.changes : [])].flatMap((name) => {
      const [bytes, folder] = isPath(name) ? [] : [rooms[name], places[name]];
      if (bytes === undefined || folder === undefined) return [];
      return { folder, bytes: name === "temporary" ? Math.min(bytes, bounds.tempBytes ?? bytes) : bytes };
    }),
  };
}

/** The lower one of each; what is written elsewhere than into a temporary folder is the profile's to bound. */
function within(limits: Limits, bounds: Partial<Bounds>, writesTemporary: boolean): Limits {
  const { cpuMs = Number.POSITIVE_INFINITY, tempBytes = Number.POSITIVE_INFINITY } = bounds;
  return {
    ...limits,
    cpuS: Math.min(limits.cpuS, Math.max(1, Math.ceil(cpuMs / 1000))),
    fileBytes: writesTemporary ? Math.min(limits.fileBytes, tempBytes) : limits.fileBytes,
    processes: Math.min(limits.processes, bounds.maxProcesses ?? limits.processes),
  };
}

const isPath = (name: string): name is `/${string}` => name.startsWith("/");

type Way = Pick<Grants, "net" | "connect" | "socket">;

const noWay: Way = { net: "none", connect: [] };

/** To the broker and nowhere else. */
function wayOf(lease: Lease | undefined): Way {
  if (lease === undefined) return noWay;
  if (lease.socket !== undefined) return { net: "unix", connect: [], socket: lease.socket };
  return { net: "tcp", connect: lease.port === undefined ? [] : [lease.port] };
}
