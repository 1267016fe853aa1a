// What a pure function answered lately. For functions whose answer depends on their key alone and is never changed by whoever
// gets it; bounded, the oldest goes first.

export interface Memo<Value extends object> {
  get(key: string): Value | undefined;
  /** Longer keys than may be are not remembered. */
  set(key: string, value: Value): void;
}

export function createMemo<Value extends object>(maxEntries: number, maxKeyChars: number): Memo<Value> {
  const held = new Map<string, Value>();
  return {
    get: (key) => held.get(key),
    set: (key, value) => {
      if (key.length > maxKeyChars) return;
      const [oldest] = held.keys();
      if (held.size >= maxEntries && oldest !== undefined) held.delete(oldest);
      held.set(key, value);
    },
  };
}
