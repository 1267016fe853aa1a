// Order of dotted version numbers, for the range that a grammar was checked against. Pure; used by probe.ts.

/** Negative, zero or positive; a missing part counts as 0, so 1.37 is below 1.37.1 and 1.9 below 1.10. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number));
  const length = Math.max(a?.length ?? 0, b?.length ?? 0);
  for (let part = 0; part < length; part++) {
    const difference = (a?.[part] ?? 0) - (b?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
