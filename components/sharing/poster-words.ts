import { formatBareDate } from "@/server/schemas/dates";
import type { LinkKind } from "@/server/schemas/links";

export type PosterLanguage = "en" | "cy";

const welshMonths = [
  "Ionawr",
  "Chwefror",
  "Mawrth",
  "Ebrill",
  "Mai",
  "Mehefin",
  "Gorffennaf",
  "Awst",
  "Medi",
  "Hydref",
  "Tachwedd",
  "Rhagfyr",
] as const;

/** `2026-12-17` as "17 Rhagfyr 2026". Not every browser knows Welsh, so the months stand here. */
export function formatWelshDate(bareDate: string): string {
  const [year, month, day] = bareDate.split("-").map(Number);
  return `${day} ${welshMonths[(month ?? 1) - 1]} ${year}`;
}

type PosterWords = {
  act: Record<LinkKind, string>;
  steps: Record<LinkKind, readonly [string, string, string]>;
  type: string;
  /** Before the telephone number. */
  call: string;
  ask: string;
  askWhere: string;
  /** Before the last day, which `day` writes out. */
  ends: string;
  day: (expiresOn: string) => string;
};

export const posterWords: Record<PosterLanguage, PosterWords> = {
  en: {
    act: { booking: "Book online", form: "Fill in online" },
    steps: {
      booking: ["Open your phone’s camera", "Point it at the code", "Choose your time"],
      form: ["Open your phone’s camera", "Point it at the code", "Answer the questions"],
    },
    type: "Or type this address into a web browser",
    call: "Not online? Call us",
    ask: "Not online?",
    askWhere: "Ask at reception",
    ends: "Open until the end of",
    day: (expiresOn) => formatBareDate(expiresOn),
  },
  cy: {
    act: { booking: "Trefnwch ar-lein", form: "Llenwch ar-lein" },
    steps: {
      booking: ["Agorwch gamera eich ffôn", "Pwyntiwch ef at y cod", "Dewiswch eich amser"],
      form: ["Agorwch gamera eich ffôn", "Pwyntiwch ef at y cod", "Atebwch y cwestiynau"],
    },
    type: "Neu teipiwch y cyfeiriad hwn mewn porwr gwe",
    call: "Ddim ar-lein? Ffoniwch ni",
    ask: "Ddim ar-lein?",
    askWhere: "Gofynnwch yn y dderbynfa",
    ends: "Ar agor tan ddiwedd",
    day: formatWelshDate,
  },
};

/** An address as a person types it: without the scheme, which browsers add. */
export const typedAddress = (url: string) => url.replace(/^https?:\/\//, "").replace(/\/$/, "");
