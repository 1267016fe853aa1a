// Holds a record's fields under the hard limit of one log line: what does not fit is replaced by its digest. Pure; used
// by record.ts.
import { sha256 } from "./sha256.ts";

/** Fields of one record, in the order in which they are written. */
export type Fields = Readonly<Record<string, unknown>>;

/** One line with its place in the chain and its line break, bytes: container runtimes split lines at 16 KB. */
export const maxLineBytes = 15 * 1024;
/** What the log adds: seq, time, instance, segment, key, torn, prev, mac. */
const placeBytes = 768;

/** Fields that may be replaced, the biggest first; argvs go first of all where the input says the same. */
const replaceable = ["argvs", "input", "details", "reasons", "rules", "reason", "raw_arguments"] as const;

/** Replaces fields by `<name>_sha256` and `<name>_bytes` until the rest fits; a record without its input is not replayable. */
export function fit(fields: Fields): Fields {
  let fitted = fields;
  while (bytesOf(fitted) > maxLineBytes - placeBytes) {
    const name = nextToReplace(fitted);
    if (name === undefined) throw new RangeError("an audit record of fixed fields only is too long");
    fitted = replaceByDigest(fitted, name);
  }
  return fitted;
}

function nextToReplace(fields: Fields): string | undefined {
  if (fields["input"] !== undefined && fields["argvs"] !== undefined) return "argvs";
  const present = replaceable.filter((name) => fields[name] !== undefined);
  return present.sort((a, b) => bytesOf(fields[b]) - bytesOf(fields[a]))[0];
}

function replaceByDigest(fields: Fields, name: string): Fields {
  const { [name]: value, ...rest } = fields;
  const text = JSON.stringify(value);
  return {
    ...rest,
    [`${name}_sha256`]: sha256(text),
    [`${name}_bytes`]: Buffer.byteLength(text),
    ...(name === "input" ? { replayable: false } : {}),
  };
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
