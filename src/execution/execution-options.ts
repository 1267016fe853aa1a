// What the execution stands on: the port's own parts, made by compose. Types only.
import type { Availability, Clock, OpenLease } from "../domain/ports.ts";
import type { Fingerprint } from "../redaction/fingerprint.ts";
import type { Box } from "./box.ts";
import type { Environments } from "./environment.ts";
import type { Places } from "./grants.ts";

export interface ExecutionOptions {
  readonly binaries: ReadonlyMap<string, Availability>;
  readonly environments: Environments;
  /** An empty folder that no child can write to. */
  readonly cwd: string;
  readonly clock: Clock;
  /** Absent: nothing has a way out. */
  readonly openLease?: OpenLease;
  /** OWNER/REPO that the server's own git fetches from. */
  readonly repository?: string;
  /** Lets placeholders show which values were equal. */
  readonly fingerprint?: Fingerprint;
  /** Absent: commands run without walls. */
  readonly box?: Box;
  /** Where the places of the sandbox profiles lie. */
  readonly places: Places;
  /** The clone and all work trees: what the server's own git works in. */
  readonly workspace?: string;
  /** Where temporary folders of calls are made; absent: none are. */
  readonly temporaryDir?: string;
}
