import { containsNhsNumber } from "./nhs-number";

/**
 * Tells headings from data, in the browser and in the portal. A heading may be kept and shown to
 * colleagues, so a patient's number, date, address or name must never pass for one.
 */

const headingWords: ReadonlySet<string> = new Set(
  `a about address age allergies amount and appointment appointments at audience best birth birthday birthdate
  bookings booking born by campaign case category chosen class client clinic clinician code
  cohort column comment comments contact count country county created customer date dates days dd deadline
  description details district dob doctor due email mail emis ended entry ethnicity expire expires expiry
  external family fax file first forename forenames form forms from full gender given gms gp group header
  heading hero home hospital id identifier identity import in index initial initials internal invite item
  key kind label language last ldl limit line link links list local location locality marital maximum   mm mobile mrn my name names nationality new nhs no notes note number num of on optional order
  organisation other our over pas patient patients person phone postal postcode practice
  practitioner preferred previous priority problem provider pt questionnaire reason recall record ref reference
  region register registered registration remarks required reserved result role row rows run sample score seen
  sent sequence serial service session sex sheet site slot source staff start started status subject
  surgery surname surnames system systmone tag tags team tel telephone text time times title to total type
  unique unit until updated url usage use user uses usual uuid valid value vision visit with year yyyy your zip`
    .split(/\s+/)
    .filter(Boolean),
);

const normalize = (text: string) =>
  text
    .normalize("NFKC")
    .replace(/[\p{Cc}\p{Cf}]/gu, "")
    .trim();

const month = "(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*";
const datePattern = new RegExp(
  `\\d{1,4}[-/.]\\d{1,2}[-/.]\\d{1,4}|\\d{1,2}(?:st|nd|rd|th)?[ -/.]*${month}[ -/.,]*\\d{2,4}|${month} \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}`,
  "i",
);
const postcodePattern = /\b[a-z]{1,2}[0-9][a-z0-9]?\s*[0-9][a-z]{2}\b/i;
const countDigits = (text: string) => text.replace(/\D/g, "").length;

/** True for a cell that only a row of data has: a number, date, postcode or email address. */
export function looksLikeData(cell: string): boolean {
  const text = normalize(cell).replace(/^=?["']+|["']+$/g, "");
  if (text === "") return false;
  return (
    containsNhsNumber(text) ||
    (countDigits(text) >= 5 && !/[a-z]{3}/i.test(text)) ||
    new RegExp(`^(?:${datePattern.source})(?:[ t].*)?$`, "i").test(text) ||
    new RegExp(`^${postcodePattern.source}$`, "i").test(text) ||
    /^\S+@\S+\.\S+$/.test(text)
  );
}

/** True when most words of a text are those of headings, so that it is no person's name. */
export function hasHeadingWords(text: string): boolean {
  const words = normalize(text)
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .replace(/['’]s?\b/g, "")
    .split(/[^\p{L}]+/u)
    .filter(Boolean);
  const known = words.filter((word) => headingWords.has(word) || isJoinedWords(word));
  return known.length * 2 > words.length;
}

/** Short words such as "by" would make surnames of two words: Newby, Formby. */
const isJoinable = (word: string) =>
  headingWords.has(word) && (word.length >= 3 || ["id", "no", "of", "gp"].includes(word));

/** "nhsnumber" and "dateofbirth" are written without spaces in many exports. */
function isJoinedWords(word: string): boolean {
  if (word.length < 5 || word.length > 30) return false;
  for (let end = 2; end < word.length - 1; end += 1) {
    const rest = word.slice(end);
    if (isJoinable(word.slice(0, end)) && (isJoinable(rest) || isJoinedWords(rest))) return true;
  }
  return false;
}

/** True for a heading that may be kept: it holds no number, date, postcode or email, and is no name. */
export function isSafeHeading(heading: string): boolean {
  const text = normalize(heading);
  return (
    hasHeadingWords(text) &&
    countDigits(text) < 4 &&
    !datePattern.test(text) &&
    !postcodePattern.test(text) &&
    !text.includes("@")
  );
}
