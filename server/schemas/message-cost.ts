import type { FallbackChannel, MessageChannel } from "./messages";

/** In pence; fractions are allowed, as suppliers charge them. Null: the organisation has entered no price. */
type MessageTariff = {
  smsPence: number | null;
  /** For mobiles of Jersey, Guernsey and the Isle of Man. */
  islandSmsPence: number | null;
};

type MessageCost = { lowestPence: number; highestPence: number };

type PricedMessage = {
  channel: MessageChannel;
  fallbackChannel: FallbackChannel | null;
  /** Null where nothing is sent as a text message. */
  smsParts: number | null;
  isIsland: boolean;
  tariff: MessageTariff;
};

/**
 * What a message costs: an estimate. Only text messages have a price. With a fallback, the lowest is that of
 * a message which was opened in the NHS App. Null where the price or the number of parts is not known.
 */
export function messageCost(message: PricedMessage): MessageCost | null {
  const { channel, fallbackChannel, smsParts, isIsland, tariff } = message;
  if (channel !== "sms" && fallbackChannel !== "sms") return { lowestPence: 0, highestPence: 0 };
  // The mainland's price is never used for an island: it is lower.
  const pricePence = isIsland ? tariff.islandSmsPence : tariff.smsPence;
  if (pricePence === null || smsParts === null) return null;
  const highestPence = roundPence(pricePence * smsParts);
  return { lowestPence: channel === "sms" ? highestPence : 0, highestPence };
}

/** To hundredths of a penny: sums of fractions would otherwise end in many digits. */
const roundPence = (pence: number) => Math.round(pence * 100) / 100;

const poundsFormat = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" });

/** "5p", "2.33p", "£1.20". */
export function formatPence(pence: number): string {
  const rounded = roundPence(pence);
  return rounded < 100 ? `${rounded}p` : poundsFormat.format(rounded / 100);
}

/** "5p", or "0p to 5p" where a fallback may be used. */
export function formatCost({ lowestPence, highestPence }: MessageCost): string {
  const highest = formatPence(highestPence);
  return lowestPence === highestPence ? highest : `${formatPence(lowestPence)} to ${highest}`;
}
