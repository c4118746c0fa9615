import { formatCost, formatPence } from "@/server/schemas/message-cost";
import type { MessageChannel, MessageSettings, MessageView } from "@/server/schemas/messages";
import { nameCharacter } from "@/server/schemas/sms-parts";

/** "5p, an estimate without VAT", "No cost". */
export function describeCost(cost: MessageView["cost"]): string {
  if (cost === null) return "Not known. No price is entered in Settings.";
  return cost.highestPence === 0 ? "No cost" : `${formatCost(cost)}, an estimate without VAT`;
}

/** "2 parts. “ŵ” raises the price: 70 characters fit into one part, 67 into each of several." */
export function describeParts(parts: number, costlyCharacter: string | null): string {
  const count = parts === 1 ? "1 part." : `${parts} parts.`;
  return costlyCharacter === null
    ? count
    : `${count} ${nameCharacter(costlyCharacter)} raises the price: only 70 characters fit into one part, 67 into each of several.`;
}

/** The cost of each channel in words, for the choice between them. */
export function describeChannelCosts({
  smsPence,
}: Pick<MessageSettings, "smsPence">): Record<MessageChannel, string> {
  return {
    nhs_app: "No cost",
    sms: smsPence === null ? "No price entered" : `${formatPence(smsPence)} for each part`,
    email: "No cost",
    note: "No cost",
  };
}
