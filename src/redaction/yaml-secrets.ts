// Data of Kubernetes Secrets in YAML as kubectl and helm print it: block style, Lists, many documents, manifests inside
// block scalars, cut off at either end. JSON has been read before, by json-secrets.ts. Pure; used by redact.ts.
// It reads indentation instead of parsing: linear, and a text that no parser takes is read all the same.
import { append, dataKeys, type Manifest, mayHoldSecret, newManifest, settle, settleCut } from "./manifest.ts";
import type { Notes } from "./placeholder.ts";
import { replaceSpans, type Span } from "./spans.ts";

const kind = "secret_data";
const keyLine = /^([ \t]*(?:- )*)(?:"([^"]{1,253})"|'([^']{1,253})'|([\w./-]{1,253})):(?:[ \t]+(\S.*))?$/;
// Flow maps on one line; where keys are quoted it is JSON, which was read before.
const flowSecret = /\bkind:\s{0,4}["']?Secret\b/;
const jsonLine = /^[\s[{]*(?:"|[\]}])/;
/** YAML quotes few keys, and seldom the value behind one. */
const jsonValue = /^(?:".*"|[{[].*|-?[\d.]+|true|false|null),?$/;
const flowData = /\b(?:stringD|d)ata:\s{0,4}\{(?!\s{0,4}\})/;
const [space, tab] = [0x20, 0x09];
const blockScalar = /^[|>][-+0-9]{0,2}$/;

interface Scope extends Manifest {
  readonly indent: number;
  /** Values of a map whose own key is not in the text: it may be the data of the object round it. */
  readonly values: Span[];
  /** While its `data` goes on: the indentation of the data's keys, and the place in `data` of a value over many lines. */
  block?: { first: number; continued: number } | undefined;
}

/** One key line of the text. */
interface KeyLine {
  readonly key: string;
  readonly keyIndent: number;
  readonly rest: string;
}

/** Where kubectl begins an item of a List, or a document begins: what stands before has nothing to say of it. */
const partStart = /^(?=- apiVersion:|---(?:\s|$))/m;

/** Replaces the values; `isCut` says that text is missing before or after. */
export function redactYamlSecrets(text: string, notes: Notes, isCut: boolean): string {
  if (isCut) return redactPart(text, notes, isCut);
  if (!mayHoldSecret(text)) return text;
  // Its items do not say their kind, it does at its end.
  if (text.includes("SecretList")) return redactPart(text, notes, isCut);
  return text
    .split(partStart)
    .map((part) => (mayHoldSecret(part) ? redactPart(part, notes, isCut) : part))
    .join("");
}

function redactPart(text: string, notes: Notes, isCut: boolean): string {
  const replaced: Span[] = [];
  const open: Scope[] = [];

  const close = (): Scope | undefined => {
    const scope = open.pop();
    if (scope === undefined) return undefined;
    if (isCut && open.length === 0) settleOutermost(scope, replaced);
    else settle(scope, open.at(-1), replaced);
    return scope;
  };
  const closeDeeperThan = (indent: number): Scope | undefined => {
    let outermost: Scope | undefined;
    while ((open.at(-1)?.indent ?? -1) > indent) outermost = close();
    return open.length === 0 ? outermost : undefined;
  };

  for (let start = 0; start < text.length;) {
    const lineEnd = text.indexOf("\n", start);
    const end = lineEnd === -1 ? text.length : lineEnd;
    const line = text.slice(start, end).trimEnd();
    const lineStart = start;
    const contentEnd = start + line.length;
    start = end + 1;
    if (line === "") continue;
    let indent = 0;
    while (line.charCodeAt(indent) === space || line.charCodeAt(indent) === tab) indent++;
    const content: Span = { start: lineStart + indent, end: contentEnd };
    const read = readKeyLine(line);

    if (indent === 0 && /^(?:---|\.\.\.)(?:\s|$)/.test(line)) {
      while (open.length > 0) close();
      continue;
    }
    const cutOff = closeDeeperThan(indent);
    for (const scope of open) takeDataLine(scope, { indent, content, read });
    if (read === undefined) {
      const flow = flowSecret.test(line) && !jsonLine.test(line) ? flowData.exec(line) : null;
      if (flow !== null) replaced.push({ start: lineStart + flow.index + flow[0].length - 1, end: contentEnd });
      if (isCut && !jsonLine.test(line)) takeLooseLine(open, { indent, content, read }, cutOff, replaced);
      continue;
    }
    let scope = open.at(-1);
    if (scope === undefined || scope.indent !== read.keyIndent) {
      scope = { ...newManifest(), indent: read.keyIndent, values: [] };
      if (isCut && cutOff !== undefined) append(scope.data, cutOff.values);
      open.push(scope);
    }
    if (read.key === "kind") scope.kind ??= /^["']?([A-Za-z]+)/.exec(read.rest)?.[1];
    if (isCut && open.length === 1 && read.rest !== "" && !(jsonLine.test(line) && jsonValue.test(read.rest)))
      scope.values.push(valueSpan(read.rest, contentEnd));
    if (!dataKeys.has(read.key) || (read.rest !== "" && jsonLine.test(line))) continue;
    if (read.rest === "" || read.rest === "{") scope.block = { first: -1, continued: -1 };
    else if (!/^(?:\{\},?|null,?)$/.test(read.rest)) scope.data.push(valueSpan(read.rest, contentEnd));
  }
  for (let scope = open.at(-1); scope !== undefined; scope = open.at(-1)) {
    if (isCut && open.length === 1 && scope.indent > 0) append(scope.data, scope.values);
    if (isCut) settleCut(scope, replaced);
    if (isCut) open.pop();
    else close();
  }
  return replaceSpans(text, replaced, kind, notes);
}

/** A line of a cut text that is no key: of a value that began before it, or after a map that nothing in the text goes round. */
function takeLooseLine(open: Scope[], { indent, content }: Line, cutOff: Scope | undefined, replaced: Span[]): void {
  if (cutOff !== undefined) append(replaced, cutOff.values);
  if (open.length === 0) open.push({ ...newManifest(), indent, values: [content] });
  else if (open.length === 1) open[0]?.values.push(content);
}

interface Line {
  readonly indent: number;
  readonly content: Span;
  readonly read: KeyLine | undefined;
}

/** A line below `data`: a key's value, or one more line of the value before it. */
function takeDataLine(scope: Scope, { indent, content, read }: Line): void {
  const { block, data } = scope;
  if (block === undefined) return;
  if (indent <= scope.indent) {
    scope.block = undefined;
    return;
  }
  if (block.first === -1) block.first = read?.keyIndent ?? indent;
  if (read !== undefined && read.keyIndent === block.first) {
    if (read.rest !== "" && !blockScalar.test(read.rest)) data.push(valueSpan(read.rest, content.end));
    block.continued = -1;
  } else if (block.continued >= 0) {
    data[block.continued] = { start: data[block.continued]?.start ?? content.start, end: content.end };
  } else {
    block.continued = data.push(content) - 1;
  }
}

/** The first and the last object of a cut text may lack their kind. Its values are kept for the object round it. */
function settleOutermost(scope: Scope, replaced: Span[]): void {
  settleCut({ ...scope, orphans: [] }, replaced);
}

function readKeyLine(line: string): KeyLine | undefined {
  const match = keyLine.exec(line);
  if (match === null) return undefined;
  const [, lead = "", double, single, plain, rest = ""] = match;
  return { key: double ?? single ?? plain ?? "", keyIndent: lead.length, rest };
}

/** Without the quotes and the comma round it, so that JSON stays JSON. `end` is where the line's content ends. */
function valueSpan(rest: string, end: number): Span {
  const start = end - rest.length;
  const quoted = /^(["'])(.*)\1(,?)$/.exec(rest);
  // A bare placeholder would be a list in YAML.
  if (quoted === null) return { start, end, quote: '"' };
  return { start: start + 1, end: end - 1 - (quoted[3]?.length ?? 0) };
}
