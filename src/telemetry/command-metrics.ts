// What the processes did: how they ended, how long they took, what was cut and what was hidden. Part of metrics.ts.
import { Counter, Histogram, type Registry } from "prom-client";
import type { Command } from "../domain/command.ts";
import type { StageOutcome, StepOutcome } from "../domain/outcome.ts";
import { closedLabel } from "./closed-label.ts";

const maxBinaries = 50;
const maxVerbs = 200;
const maxKinds = 50;
/** From a text tool's milliseconds to the wall clock limit, seconds. */
const commandBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** How a process ended, in the closed words of the label. */
export type ExitLabel = "0" | "nonzero" | "signal" | "timeout";

export function createCommandMetrics(registry: Registry) {
  const registers = [registry];
  const binaryLabel = closedLabel(maxBinaries);
  const verbLabel = closedLabel(maxVerbs);
  const kindLabel = closedLabel(maxKinds);
  const commands = new Counter({
    name: "aisre_commands_total",
    help: "Processes that ended, by binary, verb and kind of exit.",
    labelNames: ["binary", "verb", "exit"],
    registers,
  });
  const duration = new Histogram({
    name: "aisre_command_duration_seconds",
    help: "Time from a process's start to its end.",
    labelNames: ["binary", "verb"],
    buckets: commandBuckets,
    registers,
  });
  const truncated = new Counter({
    name: "aisre_output_truncated_total",
    help: "Processes whose output was cut at the byte cap.",
    labelNames: ["binary"],
    registers,
  });
  const cpu = new Counter({
    name: "aisre_command_cpu_seconds_total",
    help: "CPU time of commands with all their processes, where the sandbox counts it.",
    labelNames: ["binary"],
    registers,
  });
  const strays = new Counter({
    name: "aisre_command_strays_total",
    help: "Processes that commands left behind and the sandbox ended.",
    labelNames: ["binary"],
    registers,
  });
  const redactions = new Counter({
    name: "aisre_redactions_total",
    help: "Secrets replaced in output, by kind.",
    labelNames: ["kind"],
    registers,
  });
  return {
    /** Counts one ended process. */
    executed: (command: Command, outcome: StageOutcome, ended: StepOutcome["ended"]): void => {
      const binary = binaryLabel(command.binary);
      // A binary without verbs has the empty label, which Prometheus reads as none.
      const verb = command.verb.length === 0 ? "" : verbLabel(command.verb.join(" "));
      commands.inc({ binary, verb, exit: exitLabel(outcome, ended) });
      duration.observe({ binary, verb }, outcome.durationMs / 1000);
      if (outcome.truncated) truncated.inc({ binary });
      if (outcome.usage === undefined) return;
      cpu.inc({ binary }, outcome.usage.cpuMs / 1000);
      strays.inc({ binary }, outcome.usage.strays);
    },
    redacted: (kinds: Readonly<Record<string, number>>): void => {
      for (const [kind, count] of Object.entries(kinds))
        if (count > 0) redactions.inc({ kind: kindLabel(kind) }, count);
    },
  };
}

/** A process that the wall clock ended died by our signal: `timeout` says more than `signal`. */
function exitLabel({ exitCode, signal }: StageOutcome, ended: StepOutcome["ended"]): ExitLabel {
  if (exitCode === 0) return "0";
  if (exitCode !== undefined) return "nonzero";
  if (ended === "timed_out") return "timeout";
  // Neither code nor signal: it could not be started.
  return signal === undefined ? "nonzero" : "signal";
}
