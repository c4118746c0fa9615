const range = { least: 0.4, most: 2.5 };

/**
 * Whether two pieces of work cost about the same, by the best time of each. A busy machine makes single
 * times worthless, so it measures until they agree, ten rounds at most; where one leaves out the costly
 * part, no number of rounds makes them agree.
 */
export async function costTheSame(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
): Promise<boolean> {
  const best = { one: Number.POSITIVE_INFINITY, other: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 10; round++) {
    best.one = Math.min(best.one, await millisecondsOf(one));
    best.other = Math.min(best.other, await millisecondsOf(other));
    const ratio = best.one / best.other;
    if (round > 0 && ratio > range.least && ratio < range.most) return true;
  }
  return false;
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
