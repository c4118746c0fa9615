const ratioRange = { min: 0.4, max: 2.5 };

/**
 * Whether two pieces of work cost about the same, by the best time of each. A busy machine makes single
 * times worthless, so it measures until they agree, ten rounds at most; where one leaves out the costly
 * part, no number of rounds makes them agree.
 */
export async function takesSimilarTime(
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
): Promise<boolean> {
  const best = { first: Number.POSITIVE_INFINITY, second: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 10; round++) {
    best.first = Math.min(best.first, await measureMs(first));
    best.second = Math.min(best.second, await measureMs(second));
    const ratio = best.first / best.second;
    if (round > 0 && ratio > ratioRange.min && ratio < ratioRange.max) return true;
  }
  return false;
}

async function measureMs(task: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await task();
  return performance.now() - startedAt;
}
