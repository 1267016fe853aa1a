// Order statistics of samples. Used by every benchmark.

/** The value below which the share `q` (0 to 1) of the samples lies; nearest rank. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** For people: as many digits as the size deserves. */
export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
