// What a pure function made of short texts, remembered: records and log lines say the same few words again and again. Bounded.

const maxEntries = 256;
const maxChars = 64;

export function remembering(work: (text: string) => string): (text: string) => string {
  /** Two generations: when the younger is full it becomes the older, so that what is asked often stays. */
  let [young, old] = [new Map<string, string>(), new Map<string, string>()];
  return (text) => {
    if (text.length > maxChars) return work(text);
    const known = young.get(text);
    if (known !== undefined) return known;
    const made = old.get(text) ?? work(text);
    if (young.size >= maxEntries) [young, old] = [new Map(), young];
    young.set(text, made);
    return made;
  };
}
