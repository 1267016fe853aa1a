// Keeps a metric's label values few and harmless, whatever a caller, a policy or a defect hands in. Used by metrics.ts.

/** What stands in a label for a value that is not admitted. */
export const otherLabel = "other";

/** What a label value may look like: rule names, verbs, kinds; never a caller's own words. */
const admissible = /^[a-z0-9][a-z0-9 ._/-]{0,63}$/i;

/** Makes a filter that lets at most `max` different values through; every further one becomes `other`. */
export function closedLabel(max: number): (value: string) => string {
  const admitted = new Set<string>();
  return (value) => {
    if (admitted.has(value)) return value;
    if (admitted.size >= max || !admissible.test(value)) return otherLabel;
    admitted.add(value);
    return value;
  };
}
