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

/** Writes synchronously, so that the last line before an end is there; every text goes through `redact`. */
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

const stderr = (): DestinationStream => destination({ fd: standardError, sync: true });
