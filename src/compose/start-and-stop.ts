// A server's first and last moments: the start is recorded before the door opens, the end when everything has ended. Called by
// compose.ts; knows the rooms only as far as they begin and end.
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import type { AuditLog, Slots } from "../domain/ports.ts";
import { StartError } from "../errors.ts";
import { version } from "../version.ts";
import type { Door } from "./doors.ts";
import type { ComposedExecution } from "./execution.ts";
import type { InForce } from "./in-force.ts";
import { type Telling, warnOfSandbox } from "./telling.ts";

export interface Running<Open> {
  readonly config: Config;
  readonly door: Door<Open>;
  readonly audit: AuditLog;
  readonly inForce: InForce;
  readonly execution: ComposedExecution;
  readonly telling: Telling;
  readonly slots: Slots;
}

/** How long killed calls may take to be recorded, milliseconds. */
const lastRecordsMs = 2000;

/** @throws StartError `audit_unwritable`, `port_in_use` */
export async function start<Open>({ config, door, audit, inForce, execution, telling }: Running<Open>): Promise<Open> {
  const { logger } = telling;
  const { revision, keyId, siteData } = inForce.policy();
  const facts = {
    policy_revision: revision,
    ...(keyId === undefined ? {} : { policy_key_id: keyId }),
    mode: siteData.mode,
    context: execution.context,
  };
  await recordStart(audit, config, { version, ...facts });
  if (config.secretKeyGenerated) {
    logger.warn("AISRE_SECRET_KEY_FILE is not set: the audit's key dies with this process, nobody can verify it later");
  }
  const opened = await openOrRecord(door, audit);
  warnOfSandbox(logger, execution);
  logger.info({ ...door.facts(opened), ...facts, sandbox: execution.sandbox }, "serving");
  return opened;
}

/** Drains: running calls get `graceMs`, then everything ends and is recorded. */
export async function stop<Open>(
  { door, audit, inForce, execution, telling, slots }: Running<Open>,
  graceMs: number,
): Promise<void> {
  await inForce.close();
  await door.drain(graceMs);
  execution.abandon();
  await idle(slots);
  await audit.append({ kind: "stop" }).catch(() => {});
  await audit.close();
  await telling.tracing.shutdown();
}

async function recordStart(audit: AuditLog, config: Config, details: Readonly<Record<string, unknown>>): Promise<void> {
  try {
    await audit.append({ kind: "start", details });
  } catch (error) {
    const where = config.audit.file === undefined ? "standard output" : `AISRE_AUDIT_FILE ${config.audit.file}`;
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
    throw new StartError("audit_unwritable", `${where} cannot be written${cause}`, { cause: error });
  }
}

/** A start that ends here has an end in the audit too. */
async function openOrRecord<Open>(door: Door<Open>, audit: AuditLog): Promise<Open> {
  try {
    return await door.listen();
  } catch (error) {
    await audit.append({ kind: "stop" }).catch(() => {});
    throw error;
  }
}

/** Waits until the killed calls are recorded, or gives up. */
async function idle(slots: Slots): Promise<void> {
  for (let waited = 0; slots.running > 0 && waited < lastRecordsMs; waited += 10) await sleep(10);
}
