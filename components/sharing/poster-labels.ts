import { formatLocalDate } from "@/server/schemas/dates";
import type { LinkKind } from "@/server/schemas/links/fields";

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

/** `2026-12-17` as "17 Rhagfyr 2026". Not every browser has Welsh month names. */
export function formatWelshDate(localDate: string): string {
  const [year, month, day] = localDate.split("-").map(Number);
  return `${day} ${welshMonths[(month ?? 1) - 1]} ${year}`;
}

/** The links that posters show: a video link is for one patient. */
export type PosterKind = Exclude<LinkKind, "video">;

type PosterLabels = {
  action: Record<PosterKind, string>;
  steps: Record<PosterKind, readonly [string, string, string]>;
  typeAddress: string;
  /** Before the telephone number. */
  callUs: string;
  notOnline: string;
  askAtReception: string;
  /** Before the last day, which `day` writes out. */
  openUntil: string;
  formatDate: (expiresOn: string) => string;
};

export const posterLabels: Record<PosterLanguage, PosterLabels> = {
  en: {
    action: { booking: "Book online", form: "Fill in online" },
    steps: {
      booking: ["Open your phone’s camera", "Point it at the code", "Choose your time"],
      form: ["Open your phone’s camera", "Point it at the code", "Answer the questions"],
    },
    typeAddress: "Or type this address into a web browser",
    callUs: "Not online? Call us",
    notOnline: "Not online?",
    askAtReception: "Ask at reception",
    openUntil: "Open until the end of",
    formatDate: (expiresOn) => formatLocalDate(expiresOn),
  },
  cy: {
    action: { booking: "Trefnwch ar-lein", form: "Llenwch ar-lein" },
    steps: {
      booking: ["Agorwch gamera eich ffôn", "Pwyntiwch ef at y cod", "Dewiswch eich amser"],
      form: ["Agorwch gamera eich ffôn", "Pwyntiwch ef at y cod", "Atebwch y cwestiynau"],
    },
    typeAddress: "Neu teipiwch y cyfeiriad hwn mewn porwr gwe",
    callUs: "Ddim ar-lein? Ffoniwch ni",
    notOnline: "Ddim ar-lein?",
    askAtReception: "Gofynnwch yn y dderbynfa",
    openUntil: "Ar agor tan ddiwedd",
    formatDate: formatWelshDate,
  },
};

/** An address as a person types it: without the scheme, which browsers add. */
export const displayAddress = (url: string) => url.replace(/^https?:\/\//, "").replace(/\/$/, "");
