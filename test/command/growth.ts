// How the time of a piece of work grows with its input: the exponent of a power law, from medians of processor time.

/** Half a decade apart, over three decades. */
const steps = Array.from({ length: 7 }, (_none, at) => 10 ** (at / 2));
/** Processor time of one batch, microseconds: below it the clock's own steps would show. */
const minBatchUs = 500;
/** What takes longer for one run has shown how it grows: larger inputs are left out. */
const giveUpUs = 400_000;
const batches = 3;
const tries = 6;

interface Sized {
  readonly size: number;
  readonly work: () => unknown;
  /** Runs in one batch. */
  readonly runs: number;
  /** Of the last batch while the number of runs was looked for, microseconds. */
  readonly firstUs: number;
}

/**
 * The slope of the logarithm of time over that of size, from `from` to a thousand times `from`: 1 is linear, 2 a square. What else
 * runs on the machine only adds, so the least of some tries counts; no further one is made once one is at most `enough`.
 */
export function growthExponent(prepare: (size: number) => () => unknown, from: number, enough: number): number {
  const all: Sized[] = [];
  for (const step of steps) {
    if ((all.at(-1)?.firstUs ?? 0) < giveUpUs) all.push(calibrated(Math.round(step * from), prepare));
  }
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < tries && least > enough; round += 1) least = Math.min(least, slope(all));
  return least;
}

function calibrated(size: number, prepare: (size: number) => () => unknown): Sized {
  const work = prepare(size);
  let runs = 1;
  let us = batchUs(work, runs);
  for (; us < minBatchUs; us = batchUs(work, runs)) runs *= us < minBatchUs / 8 ? 4 : 2;
  return { size, work, runs, firstUs: us / runs };
}

/** Of the whole process: a thread's own time (threadCpuUsage) only moves with the kernel's ticks. */
function batchUs(work: () => unknown, runs: number): number {
  const before = process.cpuUsage();
  for (let run = 0; run < runs; run += 1) work();
  const { user, system } = process.cpuUsage(before);
  return Math.max(1, user + system);
}

/** The median of the slopes between every two sizes (Theil and Sen): a few disturbed sizes do not move it. */
function slope(all: readonly Sized[]): number {
  const points = all.map(({ size, work, runs }) => {
    const times = Array.from({ length: batches }, () => batchUs(work, runs) / runs);
    return { x: Math.log(size), y: Math.log(median(times)) };
  });
  return median(
    points.flatMap((left, at) => points.slice(at + 1).map((right) => (right.y - left.y) / (right.x - left.x))),
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
