// What is so right now, asked when Prometheus asks: load, mode, and what is running here. Part of metrics.ts.
import { Gauge, type Registry } from "prom-client";

/** Modes of the site data that have a series each. */
const modes = ["normal", "read_only", "frozen"] as const;

export interface GaugeSources {
  readonly version: string;
  /** Calls that hold a slot. */
  readonly running: () => number;
  /** Calls that wait for one. */
  readonly waiting: () => number;
  /** `normal`, `read_only` or `frozen`: the site's own word. */
  readonly mode: () => string;
  readonly policyRevision: () => string;
  /** Number of the last audit record; 0 before the first. */
  readonly auditSequence: () => number;
  /** Whose signature the bundle has; absent when none was asked for. */
  readonly policyKeyId?: () => string | undefined;
  /** Whether the files of policy hold something that is not in force, because it was refused. */
  readonly policyRefused?: () => boolean;
  /** How commands are boxed; `abi` is the Landlock ABI, `none` where there is no sandbox. */
  readonly sandbox: { readonly abi: string; readonly mode: string };
}

export function registerGauges(registry: Registry, sources: GaugeSources): void {
  const gauge = (name: string, help: string, labelNames: readonly string[], set: (gauge: Gauge) => void): void => {
    const made = new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect: () => {
        made.reset();
        set(made);
      },
    });
  };
  gauge("aisre_commands_running", "Calls that hold an execution slot.", [], (it) => it.set(sources.running()));
  gauge("aisre_queue_length", "Calls that wait for an execution slot.", [], (it) => it.set(sources.waiting()));
  gauge("aisre_mode", "1 for the mode that policy is in, 0 for the others.", ["mode"], (it) => {
    const mode = sources.mode();
    for (const known of modes) it.set({ mode: known }, known === mode ? 1 : 0);
  });
  gauge(
    "aisre_audit_sequence",
    "Number of the last audit record: it never falls while a file's chain goes on.",
    [],
    (it) => it.set(sources.auditSequence()),
  );
  gauge(
    "aisre_policy_info",
    "The policy in force, and the key that signed its bundle; always 1.",
    ["revision", "key_id"],
    (it) => it.set({ revision: sources.policyRevision(), key_id: sources.policyKeyId?.() ?? "" }, 1),
  );
  gauge("aisre_policy_refused", "1 while policy files are refused and older ones are in force.", [], (it) =>
    it.set(sources.policyRefused?.() === true ? 1 : 0),
  );
  gauge("aisre_sandbox_info", "How commands are boxed; always 1.", ["abi", "mode"], (it) => it.set(sources.sandbox, 1));
  gauge("aisre_build_info", "The running version and its Node; always 1.", ["version", "node"], (it) =>
    it.set({ version: sources.version, node: process.versions.node }, 1),
  );
}
