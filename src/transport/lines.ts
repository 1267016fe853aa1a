// Bytes of a stream → lines, for the stdio door. Bounded: what belongs to a line that is too long is dropped as it comes, and
// the next line is read again. Linear in what came in.

export interface LineHandler {
  /** One line without its line feed. */
  readonly onLine: (line: Uint8Array) => void;
  /** Once per line that is longer than the limit. */
  readonly onTooLong: () => void;
}

export interface LineSplitter {
  push(chunk: Uint8Array): void;
  /** The stream has ended: what stands after the last line feed is a line too. */
  end(): void;
}

const lineFeed = 0x0a;

export function createLineSplitter(maxLineBytes: number, { onLine, onTooLong }: LineHandler): LineSplitter {
  let parts: Uint8Array[] = [];
  let size = 0;
  let isTooLong = false;

  const add = (part: Uint8Array): void => {
    size += part.length;
    if (!isTooLong && size > maxLineBytes) {
      isTooLong = true;
      parts = [];
      onTooLong();
    }
    if (!isTooLong && part.length > 0) parts.push(part);
  };
  const finish = (): void => {
    if (!isTooLong) onLine(Buffer.concat(parts));
    parts = [];
    size = 0;
    isTooLong = false;
  };

  return {
    push: (chunk) => {
      let from = 0;
      for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
        add(chunk.subarray(from, at));
        finish();
        from = at + 1;
      }
      add(chunk.subarray(from));
    },
    end: () => {
      if (size > 0) finish();
    },
  };
}
