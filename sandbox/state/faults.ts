import { z } from "zod";

/** How the next calls fail. A `body` that is text is sent unchanged. */
export const faultInput = z.strictObject({
  operation: z.string().min(1),
  key: z.string().min(1).optional(),
  times: z.int().min(1).max(1_000_000).default(1),
  status: z.int().min(200).max(599).optional(),
  headers: z
    .record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/), z.string().regex(/^[\t\x20-\x7e]*$/))
    .optional(),
  body: z.unknown().optional(),
  retryAfter: z.union([z.string().regex(/^[\x20-\x7e]*$/), z.number()]).optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  hang: z.boolean().optional(),
  reset: z.boolean().optional(),
  truncate: z.boolean().optional(),
  malformed: z.boolean().optional(),
  empty: z.boolean().optional(),
  afterWork: z.boolean().optional(),
  /** Half of a batch is sent, then as `afterWork`. */
  afterHalf: z.boolean().optional(),
});

export type Fault = z.infer<typeof faultInput> & { id: string };

/** The scripted faults, applied in the order they were added. */
export class Faults {
  private pendingFaults: Fault[] = [];
  private lastId = 0;

  add(input: z.infer<typeof faultInput>): Fault {
    this.lastId += 1;
    const fault = { ...input, id: String(this.lastId) };
    this.pendingFaults.push(fault);
    return fault;
  }

  /** Returns the first fault for this operation and key, and counts one use of it. */
  consume(operation: string, key: string | undefined): Fault | undefined {
    const fault = this.pendingFaults.find(
      (item) =>
        (item.operation === "*" || item.operation === operation) &&
        (item.key === undefined || item.key === key),
    );
    if (!fault) return undefined;
    fault.times -= 1;
    if (fault.times === 0) this.pendingFaults = this.pendingFaults.filter((item) => item !== fault);
    return fault;
  }

  list(): Fault[] {
    return this.pendingFaults;
  }

  clear(): void {
    this.pendingFaults = [];
  }
}
