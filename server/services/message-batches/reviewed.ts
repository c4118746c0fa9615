import "server-only";
import { ConflictError, InvalidInputError } from "../../errors";
import type { ApproveMessageBatchInput } from "../../schemas/message-batches";
import type { TenantContext } from "../../tenancy/context";
import type { MessageBatchRow } from "./load";

/**
 * What is sent is what this person has reviewed. In production they have typed whose patients it goes to, as the
 * review shows it.
 *
 * @throws ConflictError, InvalidInputError on `practiceName`
 */
export function requireReviewed(
  { environment }: TenantContext,
  batch: Pick<MessageBatchRow, "snapshot">,
  publicName: string,
  { snapshot, practiceName }: Pick<ApproveMessageBatchInput, "snapshot" | "practiceName">,
): void {
  if (batch.snapshot === null || snapshot !== batch.snapshot) {
    throw new ConflictError(
      "The batch was checked again since you reviewed it. Review it again. Nothing was sent.",
    );
  }
  if (environment === "production" && practiceName?.trim() !== publicName.trim()) {
    throw new InvalidInputError("practiceName", `Type the practice's name: ${publicName}.`);
  }
}
