import "server-only";
import type { TenantId } from "@/db/ids";
import type { PracticeGroupId } from "../hero/practice-group";

/**
 * The only file that creates branded ids. Each function names the proof that its caller has; a plain
 * string does not compile as one.
 */

/** Proof: a membership was found, or the owner's own query listed the row. */
export const provenTenantId = (id: string) => id as TenantId;

/** Proof: the id was generated for a tenant that is being created. */
export const newTenantId = (id: string) => id as TenantId;

/** Proof: a row of `practices` in this tenant and environment that is still connected. */
export const allowedPracticeGroupId = (row: {
  practiceGroupId: string;
  disconnectedAt: Date | null;
}): PracticeGroupId => {
  if (row.disconnectedAt) throw new Error("A disconnected practice must not be used.");
  return row.practiceGroupId as PracticeGroupId;
};

/**
 * Proof: a person typed it together with a key, to test both before anything is saved. For the
 * connection test only, which changes nothing.
 */
export const unverifiedPracticeGroupId = (id: string) => id as PracticeGroupId;
