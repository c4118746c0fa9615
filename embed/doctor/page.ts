/** What the doctor looks at: a page as its headers and its HTML, or its living document, show it. */
export type ExaminedPage = {
  /** The policies that are enforced, and those that only report. */
  policies: readonly string[];
  reportedPolicies: readonly string[];
  /** The page's own address or origin, where it is known. */
  origin: string | undefined;
  scripts: readonly {
    src: string;
    nonce?: string | undefined;
    hasIntegrity: boolean;
    crossOrigin?: string | undefined;
  }[];
  frames: readonly { src: string }[];
  /** Hero's own tags, put into the page by hand, and our `<hero-placement>`. */
  elements: readonly { tag: string; attributes: Readonly<Record<string, string>> }[];
  /** All of the text, to look for keys in. */
  html: string;
  /** `Cache-Control` of the page, where its headers are known. */
  cacheControl: string | undefined;
  /** How far one clock is ahead of another, in milliseconds, where that is known. */
  clock: { of: string; than: string; aheadMs: number } | undefined;
  /** When the page was sent, by its own `Date` header, and now: milliseconds since 1970. */
  sentMs: number | undefined;
  nowMs: number;
};

/** What is right in this installation. Addresses are origins. */
export type DoctorFacts = {
  portal: string;
  elementsOrigin: string;
  scriptHost: string;
  heroApi: string;
  env: "staging" | "production";
  /** Null where no placement was chosen: then nothing is said of origins. */
  placement: { id: string; origins: readonly string[]; isOn: boolean } | null;
};

export type Finding = {
  code: string;
  severity: "fault" | "warning";
  /** One sentence: what is wrong. */
  says: string;
  /** The exact line to change or add. */
  line: string;
};

export type Rule = (page: ExaminedPage, facts: DoctorFacts) => Finding[];
