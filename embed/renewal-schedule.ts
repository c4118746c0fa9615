/** Timers do not run while a machine sleeps, so the clock is checked at this interval as well. */
const checkIntervalMs = 30_000;

/** Calls `run` when it is due; at first it is due at once. */
export function createRenewalSchedule(run: () => void) {
  let dueAt = 0;
  let timer: ReturnType<typeof setTimeout>;

  const schedule = (ms: number) => {
    clearTimeout(timer);
    dueAt = Date.now() + ms;
    timer = setTimeout(run, ms);
  };
  const runIfDue = () => {
    if (Date.now() >= dueAt) run();
  };
  const interval = setInterval(runIfDue, checkIntervalMs);

  return {
    schedule,
    runIfDue,
    /** Moves what is due earlier to then. */
    postpone(ms: number) {
      if (dueAt < Date.now() + ms) schedule(ms);
    },
    pause() {
      clearTimeout(timer);
      dueAt = Number.POSITIVE_INFINITY;
    },
    stop() {
      clearTimeout(timer);
      clearInterval(interval);
    },
  };
}
