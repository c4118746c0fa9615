import { formatCount } from "@/components/ui/format-count";
import { formatPence, messageCost } from "@/server/schemas/message-cost";
import type { MessageSettings } from "@/server/schemas/messages";
import { countSmsParts } from "@/server/schemas/sms-parts";
import { describeParts } from "./cost-text";

type SmsMeterProps = {
  /** With its link. */
  text: string;
  settings: MessageSettings;
};

/** The length of a text message in parts, as an estimate. Only the number of parts is announced. */
export function SmsMeter({ text, settings }: SmsMeterProps) {
  const { parts, characters, charactersLeft, costlyCharacter } = countSmsParts(text);
  const cost = messageCost({
    channel: "sms",
    fallbackChannel: null,
    smsParts: parts,
    isIsland: false,
    tariff: settings,
  });
  return (
    <div className="flex flex-col gap-1 text-sm">
      <p className="text-muted tabular-nums">
        <strong role="status" className="font-semibold text-ink">
          {formatCount(parts, "part")}
        </strong>{" "}
        · {formatCount(characters, "character")}, {charactersLeft} left in this part
        {cost && parts > 0 ? ` · about ${formatPence(cost.highestPence)}` : ""}
      </p>
      {costlyCharacter ? (
        <p className="font-medium text-ending">{describeParts(parts, costlyCharacter)}</p>
      ) : null}
      <p className="text-muted">An estimate: the practice&apos;s supplier may add a prefix.</p>
    </div>
  );
}

/** The length of a message in any other channel. */
export function CharacterCount({ text }: { text: string }) {
  return (
    <p className="text-sm text-muted">{[...text].length.toLocaleString("en-GB")} characters</p>
  );
}
