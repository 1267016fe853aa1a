// The chain that makes an edited, deleted or reordered record show: each line carries the MAC of the line before it and
// its own. Pure; used by the log, which writes lines, and by verify, which reads them. Works on bytes: two byte strings can
// read as the same text.
import { createHash, createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from "node:crypto";

/** `prev` of a record that has none before it. */
export const genesis = "0".repeat(64);

/** Where a chain stands: its last record. */
export interface ChainHead {
  readonly seq: number;
  readonly mac: string;
}

export interface AuditKey {
  /** Names the key in every record, so that "written under another key" can be told from "edited". */
  readonly id: string;
  readonly secret: KeyObject;
}

/** What a line says about its own place, as far as it can be read without the key. */
export interface LinePlace extends ChainHead {
  readonly prev: string;
  readonly segment: string;
  readonly keyId: string;
  readonly torn?: TornLines;
  /** Everything that the line says. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What stands between two records because a write did not reach its end. */
export interface TornLines {
  readonly lines: number;
  readonly sha256: string;
}

/** Derives the audit's key from the server's 32-byte secret (HKDF, RFC 5869, info "audit"). */
export function deriveAuditKey(secretKey: Uint8Array): AuditKey {
  const bytes = Buffer.from(hkdfSync("sha256", secretKey, "", "audit", 32));
  // Made once: making it anew for every record is half of what the MAC costs.
  const secret = createSecretKey(bytes);
  return { id: createHmac("sha256", secret).update("key id").digest("hex").slice(0, 8), secret };
}

/** Closes a record: its JSON text with `mac` as the last field, and the head that the next record chains to. */
export function seal(record: Readonly<Record<string, unknown>> & { readonly seq: number }, key: AuditKey) {
  const open = JSON.stringify(record).slice(0, -1);
  const mac = macOf(Buffer.from(open, "utf8"), key);
  const head: ChainHead = { seq: record.seq, mac };
  return { line: `${open},"mac":"${mac}"}`, head };
}

const macField = /^,"mac":"([0-9a-f]{64})"\}$/;
const macFieldBytes = 74;

/** True when the line's MAC is the one that this key gives to exactly these bytes: not even blanks may differ. */
export function isAuthentic(line: Buffer, key: AuditKey): boolean {
  const mac = readMac(line);
  if (mac === undefined) return false;
  const expected = macOf(line.subarray(0, line.length - macFieldBytes), key);
  return timingSafeEqual(Buffer.from(mac, "hex"), Buffer.from(expected, "hex"));
}

/** Reads a line's place in the chain; undefined when the line is no audit record. */
export function readPlace(line: Buffer): LinePlace | undefined {
  const mac = readMac(line);
  if (mac === undefined) return undefined;
  const fields = parseObject(line.toString("utf8"));
  if (fields === undefined) return undefined;
  const { seq, prev, segment, key: keyId, torn } = fields;
  const isPlaced = typeof seq === "number" && Number.isSafeInteger(seq) && seq > 0 && seq < Number.MAX_SAFE_INTEGER;
  if (!isPlaced || typeof prev !== "string" || typeof segment !== "string" || typeof keyId !== "string") {
    return undefined;
  }
  return { seq, mac, prev, segment, keyId, fields, ...(isTorn(torn) ? { torn } : {}) };
}

/** Names lines that are no records, so that the record after them can vouch for them. */
export function createTornLines() {
  const hash = createHash("sha256");
  let lines = 0;
  return {
    add: (line: Buffer): void => {
      if (lines > 0) hash.update("\n");
      hash.update(line);
      lines += 1;
    },
    sum: (): TornLines => ({ lines, sha256: hash.copy().digest("hex") }),
  };
}

/** The same of lines that are at hand. */
export function tornLines(lines: readonly Buffer[]): TornLines {
  const torn = createTornLines();
  for (const line of lines) torn.add(line);
  return torn.sum();
}

const readMac = (line: Buffer): string | undefined =>
  macField.exec(line.toString("latin1", Math.max(0, line.length - macFieldBytes)))?.[1];

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTorn = (value: unknown): value is TornLines =>
  isObject(value) && typeof value["lines"] === "number" && typeof value["sha256"] === "string";

/** The record's bytes up to its MAC, closed like the object that it was. */
const macOf = (open: Buffer, key: AuditKey): string =>
  createHmac("sha256", key.secret).update(open).update("}").digest("hex");
