import { knownVariables, listVariables, renderMessage } from "@/server/schemas/message-text";
import type { MessageDraft } from "./draft";

const isKnown = (name: string) => knownVariables.some((known) => known.name === name);

/** The variables of a text that a person fills in, in their order. */
export const listTypedVariables = (text: string): string[] =>
  listVariables(text).filter((name) => !isKnown(name));

/** "First name"; `clinic_day` as "Clinic day". */
export function labelOfVariable(name: string): string {
  const known = knownVariables.find((each) => each.name === name);
  const words = name.replaceAll("_", " ");
  return known?.label ?? words.charAt(0).toUpperCase() + words.slice(1);
}

type SampleContext = { practiceName: string; linkUrl: string | null };

/**
 * The message while it is being written, with labels in place of what is not known yet: "Dear (First name)".
 * `reason`: why it could not be sent like this; null while something is only missing.
 */
export function renderSample(
  draft: Pick<MessageDraft, "text" | "variables" | "channel">,
  { practiceName, linkUrl }: SampleContext,
): { text: string; reason: string | null } {
  const names = listVariables(draft.text);
  const isMissing = (name: string) => !isKnown(name) && !draft.variables[name]?.trim();
  const values = Object.fromEntries(
    names.map((name) => [
      name,
      name === "practice_name"
        ? practiceName
        : (isKnown(name) ? "" : draft.variables[name]?.trim()) || `(${labelOfVariable(name)})`,
    ]),
  );
  const rendered = renderMessage({
    text: draft.text,
    channel: draft.channel ?? "sms",
    variables: values,
    linkUrl,
  });
  if ("text" in rendered) return { text: rendered.text, reason: null };
  const isIncomplete = draft.text.trim() === "" || names.some(isMissing);
  return { text: draft.text, reason: isIncomplete ? null : rendered.reason };
}
