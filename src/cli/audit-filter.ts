// Which records `ai-sre audit show` prints. A record is asked about once, in the order of the file.
import type { Command } from "commander";
import type { AuditLine } from "../audit/read-lines.ts";
import type { AuditRecord } from "../audit/read-records.ts";
import { type OutcomeCode, outcomeCodes } from "../errors.ts";
import { printable } from "./printable.ts";

export interface FilterOptions {
  readonly since?: string;
  readonly until?: string;
  readonly principal?: string;
  readonly tool?: string;
  readonly outcome?: string;
  readonly callId?: string;
}

/** Makes the filter of the options; a time that is none ends the command. */
export function createFilter(options: FilterOptions, nowMs: number, command: Command) {
  const { since, until, principal, tool, outcome, callId } = options;
  const sinceMs = since === undefined ? Number.NEGATIVE_INFINITY : readTime("--since", since, nowMs, command);
  const untilMs = until === undefined ? Number.POSITIVE_INFINITY : readTime("--until", until, nowMs, command);
  const codes = outcome === undefined || outcome === "unknown" ? undefined : codesOf(outcome, command);
  /** Intents without an outcome so far: as many as calls run at a time. */
  const open = new Map<string, AuditLine>();

  const isAsked = (record: AuditRecord): boolean => {
    const timeMs = Date.parse(record.time);
    return (
      timeMs >= sinceMs &&
      timeMs <= untilMs &&
      (principal === undefined || record.principal?.id === principal) &&
      (tool === undefined || record.tool === tool) &&
      (callId === undefined || record.call_id?.startsWith(callId) === true) &&
      (codes === undefined || (record.code !== undefined && codes.has(record.code)))
    );
  };

  return {
    take: (record: AuditRecord, line: AuditLine): boolean => {
      if (outcome !== "unknown") return isAsked(record);
      const key = `${record.call_id} ${record.step_index}`;
      if (record.kind === "intent" && isAsked(record)) open.set(key, line);
      if (record.kind === "outcome") open.delete(key);
      return false;
    },
    /** What is left at the end of the files, when that was asked. */
    unknown: (): readonly AuditLine[] => [...open.values()],
  };
}

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function readTime(option: string, text: string, nowMs: number, command: Command): number {
  const [, count, unit = ""] = /^([0-9]{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (unitsMs[unit] ?? 0);
  const time = /^[0-9]{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time)
    ? command.error(`${option}: ${printable(text)} is no time, such as 2026-01-31T12:00Z or 2h`)
    : time;
}

/** The code itself, or every code that ends so (`failed` …). */
function codesOf(outcome: string, command: Command): ReadonlySet<string> {
  const codes = Object.keys(outcomeCodes).filter((code): code is OutcomeCode => code in outcomeCodes);
  const meant = codes.filter((code) => code === outcome || outcomeCodes[code].outcome === outcome);
  if (meant.length === 0 && outcome !== "fault")
    command.error(`--outcome: there is no ${printable(outcome)} (docs/errors.md lists them)`);
  return new Set([...meant, outcome]);
}
