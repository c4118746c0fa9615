import { parsePhoneNumberFromString } from "libphonenumber-js/max";

/** Mobiles of Jersey, Guernsey and the Isle of Man have the UK's code, and another price. */
const islands = ["JE", "GG", "IM"];
/** The library lists this range for the UK and the Isle of Man: as an island's, its price is not too low. */
const manxRange = /^\+447924/;
/** Set aside by Ofcom for drama, so that no one has one of them: test patients do. */
const fictionalMobile = /^\+447700900\d{3}$/;

/**
 * A UK mobile number, or why no text message can be sent to it.
 *
 * @param text as people write it: with spaces, with or without the country code
 * @returns `number` in international form, such as `+447700900123`
 */
export function parseMobile(
  text: string,
): { number: string; isIsland: boolean } | { reason: string } {
  // Contacts that are copied from a phone have invisible marks around the number.
  const typed = text.replaceAll(/\p{Cf}/gu, "").trim();
  if (typed === "") return { reason: "Enter a mobile number." };
  const phone = parsePhoneNumberFromString(typed, { defaultCountry: "GB", extract: false });
  if (!phone || phone.ext !== undefined) {
    return { reason: "Enter one UK mobile number, such as 07700 900123." };
  }
  const { number, country } = phone;
  if (phone.countryCallingCode !== "44") {
    return { reason: "This number is from another country. Use a UK mobile number." };
  }
  if (fictionalMobile.test(number)) return { number, isIsland: false };
  const type = phone.getType();
  if (type === "MOBILE" && country) {
    return { number, isIsland: islands.includes(country) || manxRange.test(number) };
  }
  return { reason: refusals[type ?? "UNKNOWN"] ?? "This is not a mobile number." };
}

/** By the kinds of numbers that the library tells apart. */
const refusals: Record<string, string> = {
  UNKNOWN: "This is not a UK mobile number. Check each digit.",
  FIXED_LINE: "This is a landline. Use a mobile number.",
  PREMIUM_RATE: "This is a premium rate number. Use a mobile number.",
  SHARED_COST: "This is a premium rate number. Use a mobile number.",
  PERSONAL_NUMBER: "This is a personal number, which starts with 070. Use a mobile number.",
  PAGER: "This is a pager. Use a mobile number.",
};
