// The chain that makes an edited, deleted or reordered record show: each line carries the MAC of the line before it and
// its own. Pure; used by the log, which writes lines, and by verify, which reads them.
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
  const text = JSON.stringify(record);
  const mac = macOf(text, key);
  const head: ChainHead = { seq: record.seq, mac };
  return { line: `${text.slice(0, -1)},"mac":"${mac}"}`, head };
}

const macField = /,"mac":"([0-9a-f]{64})"\}$/;

/** True when the line's MAC is the one that this key gives to exactly these bytes: not even blanks may differ. */
export function isAuthentic(line: string, key: AuditKey): boolean {
  const mac = macField.exec(line)?.[1];
  if (mac === undefined) return false;
  const text = line.replace(macField, "}");
  return timingSafeEqual(Buffer.from(mac, "hex"), Buffer.from(macOf(text, key), "hex"));
}

/** Reads a line's place in the chain; undefined when the line is no audit record. */
export function readPlace(line: string): LinePlace | undefined {
  const mac = macField.exec(line)?.[1];
  if (mac === undefined) return undefined;
  const record = parseObject(line);
  if (record === undefined) return undefined;
  const { seq, prev, segment, key: keyId, torn } = record;
  const isPlaced = typeof seq === "number" && Number.isSafeInteger(seq) && seq > 0 && seq < Number.MAX_SAFE_INTEGER;
  if (!isPlaced || typeof prev !== "string" || typeof segment !== "string" || typeof keyId !== "string") {
    return undefined;
  }
  return { seq, mac, prev, segment, keyId, ...(isTorn(torn) ? { torn } : {}) };
}

/** Names lines that are no records, so that the record after them can vouch for them. */
export const tornLines = (lines: readonly string[]): TornLines => ({
  lines: lines.length,
  sha256: createHash("sha256").update(lines.join("\n"), "utf8").digest("hex"),
});

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

const macOf = (text: string, key: AuditKey): string =>
  createHmac("sha256", key.secret).update(text, "utf8").digest("hex");
