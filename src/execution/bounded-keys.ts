// A map that cannot grow without end: entries that say nothing any more make room. Used by the budgets.

/** Principals and namespaces that are counted at the same time; a site has far fewer. */
const maxKeys = 1024;

export function boundedKeys<Entry>() {
  const entries = new Map<string, Entry>();
  return {
    get: (key: string): Entry | undefined => entries.get(key),
    /** The key's entry, made when there is none; undefined when there is no room for it. */
    find: (key: string, make: () => Entry, isIdle: (entry: Entry) => boolean): Entry | undefined => {
      const held = entries.get(key);
      if (held !== undefined) return held;
      if (entries.size >= maxKeys) {
        for (const [other, entry] of entries) if (isIdle(entry)) entries.delete(other);
      }
      if (entries.size >= maxKeys) return undefined;
      const made = make();
      entries.set(key, made);
      return made;
    },
  };
}
