import "server-only";
import type { LiveChange, LiveEvent } from "../../schemas/live";

/** More changes of one topic at once are told as "any of the topic". */
const maxSubjectsOfTopic = 50;

/** Changes without repeats, of which many of one topic become one. */
export function mergeChanges(changes: readonly LiveChange[]): LiveChange[] {
  const subjectsByTopic = new Map<LiveChange["topic"], Set<string | null>>();
  for (const { topic, subjectId } of changes) {
    const subjects = subjectsByTopic.get(topic) ?? new Set();
    subjectsByTopic.set(topic, subjects.add(subjectId));
  }
  return [...subjectsByTopic].flatMap(([topic, subjects]) =>
    subjects.has(null) || subjects.size > maxSubjectsOfTopic
      ? [{ topic, subjectId: null }]
      : [...subjects].map((subjectId) => ({ topic, subjectId })),
  );
}

/**
 * What waits for one stream: a single event, into which later ones are merged, so that a slow reader costs no
 * more than a fast one.
 */
export function createChangeQueue() {
  let waiting: LiveEvent | undefined;
  let isClosed = false;
  let wake: () => void = () => undefined;

  return {
    add(event: LiveEvent): void {
      if (isClosed) return;
      waiting = {
        position: event.position,
        isReload: event.isReload || waiting?.isReload === true,
        changes: mergeChanges([...(waiting?.changes ?? []), ...event.changes]),
      };
      wake();
    },

    /** Drops what waits: a closed stream delivers nothing more. */
    close(): void {
      isClosed = true;
      waiting = undefined;
      wake();
    },

    /** The next event; null once the queue is closed. */
    async take(): Promise<LiveEvent | null> {
      while (!waiting && !isClosed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const event = waiting ?? null;
      waiting = undefined;
      return event;
    },
  };
}

export type ChangeQueue = ReturnType<typeof createChangeQueue>;
