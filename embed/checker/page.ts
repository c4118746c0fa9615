/** A page to check, taken from its headers and HTML or from the live document. */
export type CheckedPage = {
  /** The content security policies that are enforced, and those that only report. */
  policies: readonly string[];
  reportOnlyPolicies: readonly string[];
  /** Undefined where it is not known. */
  origin: string | undefined;
  scripts: readonly {
    src: string;
    nonce?: string | undefined;
    hasIntegrity: boolean;
    crossOrigin?: string | undefined;
  }[];
  frames: readonly { src: string }[];
  /** Hero's tags that the page itself contains, and `<hero-placement>`. */
  elements: readonly { tag: string; attributes: Readonly<Record<string, string>> }[];
  /** The whole text, to search for keys. */
  html: string;
  /** Undefined where the page's headers are not known. */
  cacheControl: string | undefined;
  /** How far the clock of `of` is ahead of that of `than`, in milliseconds. */
  clock: { of: string; than: string; aheadMs: number } | undefined;
  /** From the page's `Date` header, and now: milliseconds since 1970. */
  sentMs: number | undefined;
  nowMs: number;
};

/** This installation's addresses (origins), and the placement to check for. */
export type CheckerConfig = {
  portal: string;
  elementsOrigin: string;
  scriptHost: string;
  heroApi: string;
  env: "staging" | "production";
  /** Null where none was selected: origins are then not checked. */
  placement: { id: string; origins: readonly string[]; isOn: boolean } | null;
};

export type Finding = {
  code: string;
  severity: "error" | "warning";
  /** One sentence: what is wrong. */
  message: string;
  /** The exact line to change or add. */
  fix: string;
};

export type Rule = (page: CheckedPage, config: CheckerConfig) => Finding[];
