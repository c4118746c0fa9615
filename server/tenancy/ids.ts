import "server-only";
import type { TenantId } from "@/db/ids";
import type { PracticeGroupId } from "../hero/practice-group";

/**
 * The only file that makes branded ids. Each function names the proof its caller holds; a plain string
 * compiles nowhere else.
 */

/** Proof: the gate found a membership, or the owner's look-up listed the row. */
export const provenTenantId = (id: string) => id as TenantId;

/** Proof: the id was made just now for a tenant that is being created. */
export const newTenantId = (id: string) => id as TenantId;

/** Proof: a row of `practices` read in this tenant and environment, and still connected. */
export const allowedPracticeGroupId = (row: {
  practiceGroupId: string;
  disconnectedAt: Date | null;
}): PracticeGroupId => {
  if (row.disconnectedAt) throw new Error("A disconnected practice must not be acted for.");
  return row.practiceGroupId as PracticeGroupId;
};

/**
 * Proof: the person typed it together with a key, to be tried before anything is saved. Reads only;
 * nothing but the connection test may use this.
 */
export const unverifiedPracticeGroupId = (id: string) => id as PracticeGroupId;
