// The program's own log: pino, JSON, always on standard error, redacted. Made by compose.ts; rooms are handed it.
import { type DestinationStream, destination, type Logger, pino } from "pino";
import { cleanFields } from "./clean-fields.ts";

export type { Logger };

export interface LoggerOptions {
  /** pino's level names, or `silent`. */
  readonly level: string;
  readonly version: string;
  /** Replaces secrets in a text by placeholders. */
  readonly redact: (text: string) => string;
}

const standardError = 2;
/** More is written before the turn ends. */
const maxHeldChars = 16 * 1024;

/** Every text goes through `redact`. */
export function createLogger({ level, version, redact }: LoggerOptions, to: DestinationStream = stderr()): Logger {
  return pino(
    {
      level,
      base: { service: "ai-sre", version },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: "message",
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => cleanFields(fields, redact),
      },
      hooks: {
        // Nothing is interpolated, and pino may not take an error's own, unredacted message for a missing one.
        logMethod([first, second], method) {
          if (typeof first === "string") method.call(this, redact(first));
          else method.call(this, first, typeof second === "string" ? redact(second) : "");
        },
      },
    },
    to,
  );
}

/**
 * Lines of one turn of the event loop are one write, and the last line before an end is there: a write for every line costs
 * more than making it, and one that goes on in the background is lost with the process.
 */
function stderr(): DestinationStream {
  const stream = destination({ fd: standardError, sync: true });
  let held = "";
  const flush = (): void => {
    const text = held;
    held = "";
    if (text !== "") stream.write(text);
  };
  process.on("exit", flush);
  return {
    write: (line) => {
      if (held === "") setImmediate(flush);
      held += line;
      if (held.length > maxHeldChars) flush();
    },
  };
}
