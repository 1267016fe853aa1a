// The audit log: one JSON line per event, chained, written before `append` resolves. Made by compose.ts, called by the gate
// through the AuditLog port; never decides what a failure means for the call.
import { randomBytes } from "node:crypto";
import type { AuditKind, FsyncPolicy } from "../domain/audit.ts";
import type { AuditLog, Clock } from "../domain/ports.ts";
import { AuditUnavailable } from "../errors.ts";
import { deriveAuditKey } from "./chain.ts";
import type { Redact } from "./clean.ts";
import { createFileSink } from "./file-sink.ts";
import { buildFields, createInputParser } from "./record.ts";
import { createStdoutSink } from "./stdout-sink.ts";
import { createUnrecorded } from "./unrecorded.ts";
import { AuditBacklog, createWriter, type Draft } from "./writer.ts";

export interface AuditLogOptions {
  readonly sink:
    | { readonly kind: "file"; readonly path: string; readonly fsync: FsyncPolicy }
    | { readonly kind: "stdout" };
  /** 32 bytes; the audit's own key is derived from them. */
  readonly secretKey: Uint8Array;
  /** Names this replica, e.g. the pod. */
  readonly instance: string;
  readonly clock: Clock;
  readonly redact: Redact;
  readonly onRecord: (kind: AuditKind) => void;
  readonly onFailure: () => void;
  /** Longest time that an append may wait for the disk or the reader of standard output, milliseconds. */
  readonly deadlineMs?: number;
}

/** Records that may wait for the disk: 30 MB at most. What one socket sends in a breath fits in, before it is paused. */
const maxWaiting = 2048;
const defaultDeadlineMs = 10_000;

/** Opens nothing yet: the first append does, and every append after a failure tries again. */
export function createAuditLog(options: AuditLogOptions): AuditLog {
  const { sink: target, clock, redact, onRecord, onFailure, deadlineMs = defaultDeadlineMs } = options;
  const writer = createWriter({
    sink:
      target.kind === "file"
        ? createFileSink(target.path, { syncLater: target.fsync !== "never" })
        : createStdoutSink(),
    key: deriveAuditKey(options.secretKey),
    instance: options.instance.slice(0, 64),
    segment: randomBytes(8).toString("hex"),
    maxWaiting,
  });
  const parse = createInputParser();
  const fsync = target.kind === "file" ? target.fsync : "never";
  const unrecorded = createUnrecorded();
  let writable = false;
  return {
    get writable() {
      return writable;
    },
    get head() {
      return writer.head;
    },
    append: async (event) => {
      const told = unrecorded.take();
      try {
        const fields = { ...buildFields(event, redact, parse), ...told };
        const draft: Draft = { timeMs: clock.now(), fields, sync: needsSync(fsync, event.kind) };
        await withDeadline(deadlineMs, writer, draft);
      } catch (error) {
        unrecorded.add(event.kind, told);
        // A burst of calls must not take the server out of service: what waits is being written.
        if (!(error instanceof AuditBacklog)) writable = false;
        onFailure();
        throw new AuditUnavailable("The audit record could not be made durable.", { cause: error });
      }
      writable = true;
      onRecord(event.kind);
    },
    close: () => writer.close(),
  };
}

/** What permits something to happen, and what says that it may, must outlive a power cut; the rest follows within a second. */
const needsSync = (fsync: FsyncPolicy, kind: AuditKind): boolean =>
  fsync === "always" || (fsync === "intents" && kind !== "decision" && kind !== "outcome" && kind !== "auth_failure");

/** A record that is late counts as not written, even if the disk takes it in the end. */
async function withDeadline(deadlineMs: number, writer: ReturnType<typeof createWriter>, draft: Draft): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      writer.forget(draft);
      reject(new Error(`not durable after ${deadlineMs} ms`));
    }, deadlineMs);
  });
  try {
    await Promise.race([writer.write(draft), late]);
  } finally {
    clearTimeout(timer);
  }
}
