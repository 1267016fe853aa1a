// YAML or JSON text → plain values, so that nothing is left to a reader's taste: no duplicate keys, tags, merge keys or
// keys that are no text; aliases, depth and size are bounded. Called by read-manifest.ts; throws ManifestError.
import { Composer, type CST, type Document, isAlias, isMap, isScalar, isSeq, Parser } from "yaml";
import { type Json, ManifestError } from "./json.ts";

/** Bounds of one manifest. */
const maxBytes = 64 * 1024;
const maxDepth = 40;
const maxValues = 8192;
const maxAliases = 32;
const maxDocuments = 200;
const maxKeyLength = 316;

/** Every document of the text, empty ones left out. */
export function readYaml(text: string): readonly Json[] {
  if (Buffer.byteLength(text) > maxBytes) throw new ManifestError(`is larger than ${maxBytes} bytes`);
  const reader = new Reader();
  return withoutStacks(() => parse(text)).flatMap((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw unreadable(problem.code);
    const value = reader.read(document.contents);
    return value === null ? [] : [value];
  });
}

const unreadable = (why: string) => new ManifestError(`is no YAML that can be read: ${why}`, undefined, "JSON");

function parse(text: string): readonly Document.Parsed[] {
  try {
    // Keys are compared in Reader: the library's own check takes time that grows with their number's square.
    const composer = new Composer({ uniqueKeys: false, version: "1.2", schema: "core" });
    const documents: Document.Parsed[] = [];
    for (const document of composer.compose(tokensOf(text), false, text.length)) {
      documents.push(document);
      if (documents.length > maxDocuments) throw new ManifestError(`holds more than ${maxDocuments} documents`);
    }
    return documents;
  } catch (error) {
    // What is nested without end overflows the parser's stack.
    if (error instanceof RangeError) throw new ManifestError("is nested too deeply");
    throw error;
  }
}

/** A text may hold an error at every character, and the library makes an Error of each: their stacks took most of the time. */
function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Stops at the first piece that is no YAML: a text of nothing else would give an error for each. */
function* tokensOf(text: string): Generator<CST.Token> {
  for (const token of new Parser().parse(text)) {
    if (token.type === "error") throw unreadable("UNEXPECTED_TOKEN");
    if (token.type === "directive") throw new ManifestError("holds a directive", token.source, "leave it out");
    yield token;
  }
}

/** Walks nodes in the order of the text, so that an alias means the anchor that stands before it. */
class Reader {
  readonly #anchors = new Map<string, unknown>();
  #values = 0;
  #aliases = 0;
  #depth = 0;
  #expanding = 0;

  read(node: unknown): Json {
    this.#values += 1;
    if (this.#values > maxValues) throw new ManifestError(`holds more than ${maxValues} values`);
    if (this.#depth >= maxDepth) throw new ManifestError(`is nested deeper than ${maxDepth} levels`);
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.#alias(node.source);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) throw new ManifestError("holds what is no value");
    if (node.tag !== undefined) throw new ManifestError("holds a tag", node.tag, "leave tags out");
    this.#depth += 1;
    const value = isScalar(node)
      ? readScalar(node.value)
      : isSeq(node)
        ? this.#list(node.items)
        : this.#map(node.items);
    this.#depth -= 1;
    if (node.anchor !== undefined && this.#expanding === 0) this.#anchors.set(node.anchor, node);
    return value;
  }

  #alias(name: string): Json {
    this.#aliases += 1;
    if (this.#aliases > maxAliases) throw new ManifestError(`holds more than ${maxAliases} aliases`, `*${name}`);
    const target = this.#anchors.get(name);
    if (target === undefined) throw new ManifestError("holds an alias without an anchor before it", `*${name}`);
    this.#expanding += 1;
    const value = this.read(target);
    this.#expanding -= 1;
    return value;
  }

  #list(items: readonly unknown[]): readonly Json[] {
    return items.map((item) => this.read(item));
  }

  #map(items: readonly { readonly key: unknown; readonly value: unknown }[]): Json {
    const map: Record<string, Json> = Object.create(null);
    for (const { key, value } of items) {
      const name = isScalar(key) && key.tag === undefined && key.anchor === undefined ? key.value : undefined;
      if (typeof name !== "string" || name.length > maxKeyLength || !name.isWellFormed())
        throw new ManifestError("holds a key that is no short text", shown(name), "quote it");
      if (name === "<<")
        throw new ManifestError("holds a merge key, which readers take in two ways", name, "write it out");
      if (name.startsWith("$")) throw new ManifestError("holds a directive of a patch", name, "leave it out");
      if (name in map)
        throw new ManifestError("holds a key twice; which one holds would be a guess", name, "write it once");
      map[name] = this.read(value);
    }
    return map;
  }
}

function readScalar(value: unknown): Json {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string" && value.isWellFormed()) return value;
  const isExact =
    typeof value === "number" && Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  if (isExact) return value;
  throw new ManifestError("holds a value that JSON cannot say", shown(value), "quote it");
}

/** A scalar as a message names it; nothing for what is no scalar. */
const shown = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? `${value}` : undefined;
