// The head of a push as git sends it (gitprotocol-pack): which refs shall become which objects. Pure; used by check.ts. It ends at
// the first flush; behind it lies the pack, or options, which we do not know.

export interface RefUpdate {
  readonly from: string;
  readonly to: string;
  readonly ref: string;
}

export type PushHead =
  | { readonly state: "more" }
  | { readonly state: "done"; readonly updates: readonly RefUpdate[] }
  | { readonly state: "odd"; readonly problem: string };

/** Without a push certificate, without options behind the flush. */
const update = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (refs\/[!-~]{1,1000})$/;
const shallow = /^shallow (?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** Announces a second list behind the flush. */
const options = /(?:^| )push-options(?: |$)/;

export function readPushHead(bytes: Buffer): PushHead {
  const updates: RefUpdate[] = [];
  for (let at = 0; ;) {
    if (bytes.length < at + 4) return { state: "more" };
    const digits = bytes.toString("latin1", at, at + 4);
    if (!/^[0-9a-f]{4}$/.test(digits)) return odd("a line has no length");
    const length = Number.parseInt(digits, 16);
    if (length === 0) return { state: "done", updates };
    if (length < 5) return odd("a line has no content");
    if (bytes.length < at + length) return { state: "more" };
    const text = bytes.toString("latin1", at + 4, at + length).replace(/\n$/, "");
    at += length;
    if (shallow.test(text)) continue;
    const [line = "", capabilities, ...rest] = text.split("\0");
    const [, from, to, ref] = update.exec(line) ?? [];
    if (from === undefined || to === undefined || ref === undefined || rest.length > 0) {
      return odd("a line is neither a ref nor a shallow commit");
    }
    if (capabilities !== undefined && (updates.length > 0 || options.test(capabilities))) {
      return odd("push options are not understood");
    }
    updates.push({ from, to, ref });
  }
}

const odd = (problem: string): PushHead => ({ state: "odd", problem });
