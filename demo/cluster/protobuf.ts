// Secrets as helm sends them: Kubernetes' protobuf, read just far enough. Used by api.ts; everything else comes as JSON.
import type { Fields } from "./fields.ts";

/** Begins every body; an envelope with the kind (1) and the object (2) follows. */
const magic = Buffer.from("k8s\0");

/** @throws Error for a body that is no Secret in protobuf */
export function readSecret(body: Buffer): Fields {
  if (!body.subarray(0, magic.length).equals(magic)) throw new TypeError("the body is no Kubernetes protobuf");
  const envelope = fieldsOf(body.subarray(magic.length));
  const typeMeta = fieldsOf(one(envelope, 1));
  const [apiVersion, kind] = [one(typeMeta, 1).toString(), one(typeMeta, 2).toString()];
  if (apiVersion !== "v1" || kind !== "Secret")
    throw new TypeError(`the simulated cluster reads no protobuf of a ${kind}`);
  const secret = fieldsOf(one(envelope, 2));
  const metadata = fieldsOf(one(secret, 1));
  return {
    apiVersion,
    kind,
    metadata: { name: one(metadata, 1).toString(), labels: mapOf(metadata, 11, "utf8") },
    data: mapOf(secret, 2, "base64"),
    type: one(secret, 3).toString(),
  };
}

type Message = ReadonlyMap<number, readonly Buffer[]>;

/** Fields that have a length (wire type 2), by number; numbers (wire type 0) are passed over. */
function fieldsOf(bytes: Buffer): Message {
  const fields = new Map<number, Buffer[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at];
      if (byte === undefined || scale > 128 ** 6) throw new TypeError("the body ends too early");
      at += 1;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const length = varint();
    if (key % 8 === 0) continue;
    if (key % 8 !== 2) throw new TypeError("the simulated cluster does not know this wire type");
    const number = Math.floor(key / 8);
    fields.set(number, [...(fields.get(number) ?? []), bytes.subarray(at, at + length)]);
    at += length;
  }
  return fields;
}

const one = (message: Message, number: number): Buffer => message.get(number)?.[0] ?? Buffer.alloc(0);

const mapOf = (message: Message, number: number, encoding: "utf8" | "base64"): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (message.get(number) ?? [])
      .map(fieldsOf)
      .map((entry) => [one(entry, 1).toString(), one(entry, 2).toString(encoding)]),
  );
