import "server-only";

/** A text without what Hero may change in it: the form of its letters and its white space. */
export const plainText = (text: string): string =>
  text.normalize("NFC").replaceAll(/\s+/g, " ").trim();
