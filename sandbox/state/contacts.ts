/**
 * What happens to a message sent to a number or an address. `refused`: Hero does not take it;
 * `undelivered`: it takes it, and the message fails.
 */
export type Reach = "delivered" | "undelivered" | "refused";

/** Reserved for tests: the last of Ofcom's numbers for drama that no test patient has. */
const undeliverableNumber = "07700900990";

/** Foreign, personal, premium and special-rate numbers are refused, and landlines cannot be reached. */
function reachOfNumber(text: string): Reach {
  const number = text.replaceAll(/[\s().-]/g, "").replace(/^(\+|00)44/, "0");
  if (!/^0\d{9,10}$/.test(number) || /^0(70|8|9)/.test(number)) return "refused";
  return /^07\d{9}$/.test(number) && number !== undeliverableNumber ? "delivered" : "undelivered";
}

/** Addresses that start with `undeliverable` bounce. */
function reachOfEmail(text: string): Reach {
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return "refused";
  return text.toLowerCase().startsWith("undeliverable") ? "undelivered" : "delivered";
}

export const reachOf = (channel: "sms" | "email", contact: string): Reach =>
  channel === "sms" ? reachOfNumber(contact) : reachOfEmail(contact);
