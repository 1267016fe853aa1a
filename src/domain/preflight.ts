// What a change would do, as far as that can be seen without doing it. Made by preflight/ out of reads that the gate runs.
import type { Command, Draft } from "./command.ts";
import type { Reason } from "./decision.ts";

/** One field that would change. The texts are JSON, redacted and cut; a side that is missing is not there. */
export interface Difference {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

/** A command of a plan that would change something outside. */
export interface PlannedChange {
  readonly stepIndex: number;
  readonly command: Command;
  readonly stdin?: string;
}

/** What was found about one change. */
export interface Forecast {
  /** `deployments.apps/web in default`, `branch ai-sre/fix-1 at origin`. */
  readonly subject: string;
  /**
   * `passed`: its own dry run went through. `refused`: a problem stands in its way. `judged_only`: the verb has no dry run.
   * `unknown`: it could not be looked at.
   */
  readonly verdict: "passed" | "refused" | "judged_only" | "unknown";
  /** Whether the object is there; absent where that is not known. */
  readonly exists?: boolean;
  /** `flux/NAME`, `helm/NAME`: whoever sets the object back. */
  readonly keptBy?: string;
  /** Whether the cluster gives the server's own account the right. */
  readonly permitted?: boolean;
  readonly differences: readonly Difference[];
  /** What else a person wants to know, one sentence each. */
  readonly notes: readonly string[];
  /** Why it would fail. The rules are `preflight/…`. */
  readonly problems: readonly Reason[];
}

export interface PreflightReport {
  readonly changes: readonly (Forecast & { readonly stepIndex: number })[];
  /** The same for people, one fact a line. */
  readonly lines: readonly string[];
}

/** What came of one read. */
export type Looked =
  | {
      readonly ok: true;
      /** Whether the process said what it was asked: its exit code is an answer. */
      readonly answered: boolean;
      /** Redacted, and whole. */
      readonly stdout: string;
      readonly stderr: string;
    }
  /** Not allowed, not possible or not in time; in words. */
  | { readonly ok: false; readonly why: string };

/** The gate, as pre-flight sees it. */
export interface Lookout {
  /** Runs a read, or a change's own dry run: judged for the principal, recorded and bounded like any other. */
  run(draft: Draft): Promise<Looked>;
  /** Whose an object is by its own words, of what `get --output=json` printed: `flux/apps`, `Kind/name`; "" for nobody's. */
  ownerOf(printed: string): string;
}

/** Asks for reads, compares, and changes nothing. */
export type Preflight = (changes: readonly PlannedChange[], lookout: Lookout) => Promise<PreflightReport>;
