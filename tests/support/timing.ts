const ratioRange = { min: 0.4, max: 2.5 };

/**
 * True when two pieces of work take a similar time, by the best time of each. Measures up to ten rounds
 * until they agree, since a busy machine makes single times unreliable; work that skips the costly part
 * never agrees.
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
