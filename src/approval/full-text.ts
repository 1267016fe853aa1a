// The whole text of a request inside its token, deflated: what `ai-sre approve show` prints. The server packs it; the command
// line unpacks it from a token that it cannot verify, so everything is bounded. Pure.
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** What a token may carry, characters; a longer text is left out and known by its digest. */
const maxPackedChars = 32 * 1024;
const maxTextBytes = 4 * 1024 * 1024;

export function pack(text: string): { readonly text?: string } {
  const packed = deflateRawSync(text).toString("base64url");
  return packed.length > maxPackedChars ? {} : { text: packed };
}

/** Undefined for what is no packed text. */
export function unpack(packed: string): string | undefined {
  try {
    return inflateRawSync(Buffer.from(packed, "base64url"), { maxOutputLength: maxTextBytes }).toString("utf8");
  } catch {
    return undefined;
  }
}
