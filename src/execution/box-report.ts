// What the helper says of a command on its status pipe: one line when it has started, one when it has ended. The command never
// holds that pipe. Used by run.ts only.
import { constants } from "node:os";
import type { Readable } from "node:stream";

export interface BoxReport {
  /** Why nothing was started. Names paths: for the audit, not for a caller. */
  refused?: string;
  /** The process group of the command. */
  group?: number;
  ended?: (typeof endings)[number];
  code?: number;
  signal?: string;
  usage?: Usage;
}

/** What a command cost, all its processes together; `maxRssKb` is of the largest. `strays` it left behind, and they were killed. */
export interface Usage {
  readonly cpuMs: number;
  readonly maxRssKb: number;
  readonly strays: number;
}

/** Longer than two lines of it ever are: paths in a refusal are bounded by the kernel. */
const maxBytes = 16 * 1024;

/** A report that fills while the pipe is read. */
export function readReport(pipe: Readable): BoxReport {
  const report: BoxReport = {};
  let text = "";
  pipe.setEncoding("utf8");
  pipe.on("error", () => undefined);
  pipe.on("data", (chunk: string) => {
    text += chunk;
    if (text.length > maxBytes) pipe.destroy();
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      take(report, text.slice(0, end));
      text = text.slice(end + 1);
    }
  });
  return report;
}

function take(report: BoxReport, line: string): void {
  const said: unknown = JSON.parse(line);
  if (typeof said !== "object" || said === null) return;
  if ("refused" in said && typeof said.refused === "string") report.refused = said.refused;
  if ("started" in said && typeof said.started === "number") report.group = said.started;
  if (!("ended" in said)) return;
  report.ended = endings.find((ending) => ending === said.ended) ?? "exit";
  const number = (name: string): number => {
    const value: unknown = Object.entries(said).find(([key]) => key === name)?.[1];
    return typeof value === "number" ? value : 0;
  };
  const signal = number("signal");
  if (signal > 0) report.signal = nameOf(signal);
  else report.code = number("code");
  report.usage = { cpuMs: number("cpuMs"), maxRssKb: number("maxRssKb"), strays: number("strays") };
}

const endings = ["exit", "timeout", "cancelled", "memory", "processes", "space"] as const;

const nameOf = (signal: number): string =>
  Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`;
