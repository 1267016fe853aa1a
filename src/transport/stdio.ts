// The stdio door: one local client on standard input and output, in whichever protocol era it opens with. Made by compose.
// Whoever started the process holds its rights: the caller is `local`, with the role that site data gives to callers without keys.
import type { Readable } from "node:stream";
import type { Server } from "@modelcontextprotocol/server";
import { serveStdio, type StdioServerHandle } from "@modelcontextprotocol/server/stdio";
import type { Principal, Role } from "../domain/principal.ts";
import { LineTransport } from "./line-transport.ts";
import { createRunningCalls } from "./running-calls.ts";
import { within } from "./within.ts";
import type { DoorLog, McpFactory, Session } from "./session.ts";

/** Standard input and output, or what stands for them in a test. */
export interface StdioStreams {
  readonly input: Readable;
  /** Resolves when the text is written; rejects when nobody will ever read it. Called once at a time. */
  readonly write: (text: string) => Promise<void>;
}

export interface StdioDoorOptions extends StdioStreams {
  readonly factory: McpFactory;
  /** What it may do by now. */
  readonly roles: () => readonly Role[];
  readonly maxLineBytes: number;
  readonly log?: DoorLog | undefined;
  readonly limits?: Partial<StdioDoorLimits> | undefined;
}

export interface StdioDoorLimits {
  /** What may wait to be written to a client that does not read, bytes. */
  readonly maxBufferedBytes: number;
  /** How long answers may take after the input has ended, milliseconds: a script writes its calls and closes. */
  readonly afterEndMs: number;
}

export interface StdioDoor {
  /** Begins to read. `ended` resolves when the client has gone, and what it asked is answered or has had its time. */
  listen(): Promise<{ readonly ended: Promise<void> }>;
  /** Tells the client that its tools may be others now. */
  refresh(): void;
  /** Refuses new work, lets running calls end within `graceMs`, aborts the rest, closes. */
  drain(graceMs: number): Promise<void>;
}

const defaultLimits: StdioDoorLimits = { maxBufferedBytes: 8 * 1024 * 1024, afterEndMs: 5000 };
/** How long aborted calls may take to be audited and answered, milliseconds. */
const settleMs = 3000;
/** How long the last answers may take to be written, milliseconds. */
const leaveMs = 1000;
/** Open `subscriptions/listen` streams (2026-07-28). */
const maxSubscriptions = 16;

export function createStdioDoor({
  input,
  write,
  factory,
  roles,
  maxLineBytes,
  log,
  ...rest
}: StdioDoorOptions): StdioDoor {
  const limits = { ...defaultLimits, ...rest.limits };
  const running = createRunningCalls();
  const gone = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const { promise: inputClosed, resolve: closeInput } = Promise.withResolvers<void>();
  const transport = new LineTransport({
    input,
    write,
    maxLineBytes,
    maxBufferedBytes: limits.maxBufferedBytes,
    onEnd: () => {
      closeInput();
      void within(limits.afterEndMs, transport.answered()).then(end);
    },
    onClose: () => {
      closeInput();
      gone.abort(new Error("the client has gone"));
      end();
    },
  });
  let handle: StdioServerHandle | undefined;
  let server: Server | undefined;
  const session: Session = {
    get principal(): Principal {
      return { id: "local", roles: roles(), authenticatedBy: "local" };
    },
    transport: "stdio",
    tellsChanges: true,
    run: (aborted, work) => running.run([aborted, gone.signal], work),
  };
  const onerror = (error: Error): void => {
    log?.debug({ reason: error.message }, "mcp over stdio");
  };

  return {
    listen: async () => {
      handle = serveStdio(() => (server = factory(session)), { transport, maxSubscriptions, onerror });
      return { ended };
    },
    refresh: () => void server?.sendToolListChanged().catch(() => {}),
    drain: async (graceMs) => {
      // Clients close the input, wait a little, and send SIGTERM, in this order or nearly: such a one waits for nothing.
      const atOnce = inputClosed.then(() => running.drain(0, settleMs));
      await Promise.race([running.drain(graceMs, settleMs), atOnce]);
      await within(leaveMs, transport.answered());
      await handle?.close();
    },
  };
}
