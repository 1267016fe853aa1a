// The name of an object that a client sends as protobuf (helm creates its releases so). Pure; used by bodies.ts. It reads as little
// as it must: magic, runtime.Unknown, the object's metadata; a field that stands there twice is none.

const magic = Buffer.from("k8s\0");
/** Field numbers of k8s.io/apimachinery: Unknown.raw, object.metadata, ObjectMeta.name and .generateName. */
const raw = 2;
const metadata = 1;
const nameField = 1;
const generateNameField = 2;

/** Undefined where nothing can be said for certain. */
export function nameInProtobuf(body: Buffer): string | undefined {
  if (!body.subarray(0, magic.length).equals(magic)) return undefined;
  const object = only(fieldsIn(body.subarray(magic.length)), raw);
  const meta = object === undefined ? undefined : only(fieldsIn(object), metadata);
  const fields = meta === undefined ? undefined : fieldsIn(meta);
  if (fields === undefined || (only(fields, generateNameField) ?? Buffer.alloc(0)).length > 0) return undefined;
  return only(fields, nameField)?.toString("utf8");
}

type Field = readonly [number: number, content: Buffer];

function only(fields: readonly Field[] | undefined, number: number): Buffer | undefined {
  const found = (fields ?? []).filter(([one]) => one === number);
  return found.length === 1 ? found[0]?.[1] : undefined;
}

/** Length-delimited fields; the others are passed over. Undefined for what is no message. */
function fieldsIn(bytes: Buffer): readonly Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number | undefined => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at];
      if (byte === undefined) return undefined;
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const key = varint();
    if (key === undefined) return undefined;
    const wire = key & 7;
    if (wire === 0) {
      if (varint() === undefined) return undefined;
    } else if (wire === 2) {
      const length = varint();
      if (length === undefined || at + length > bytes.length) return undefined;
      fields.push([key >>> 3, bytes.subarray(at, at + length)]);
      at += length;
    } else return undefined;
  }
  return fields;
}
