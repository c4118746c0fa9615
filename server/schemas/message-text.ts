import { maxVariables, type MessageChannel } from "./messages";
import { countSmsParts } from "./sms-parts";
import { containsHiddenCharacters } from "./text-line";

/** Variables that the portal has values for. Any other has a value that a person types. */
export const knownVariables = [
  { name: "first_name", label: "First name" },
  { name: "practice_name", label: "Practice name" },
  { name: "link", label: "Link" },
] as const;

/**
 * The longest rendered message. Of a text message, characters are counted as the standard does: 918 are six parts
 * of GSM-7 (assumption 24). Hero documents no limit for the others.
 */
const maxCharacters: Record<MessageChannel, number> = {
  sms: 918,
  nhs_app: 5000,
  email: 5000,
  note: 5000,
};
const maxValueCharacters = 200;

// A third brace would remain and look like a variable, so such a text is refused.
const placeholder = /(?<!\{)\{\{ *([a-z][a-z0-9_]{0,39}) *\}\}(?!\})/g;
const leftovers = [/(?<!\{)\{{2,}[^{}]{0,40}\}+/, /\{{2,}/, /\}{2,}/];

/** The names of the variables in a text, each once, in their order. */
export function listVariables(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(placeholder), ([, name = ""]) => name))];
}

type MessageDraft = {
  /** With `{{name}}` for each variable. */
  text: string;
  channel: MessageChannel;
  /** All values by name, the known ones as well. */
  variables: Record<string, string>;
  /** The address of the link that goes with it: in place of `{{link}}`, or on its own line at the end. */
  linkUrl: string | null;
};

/** `url_in_text`: it has a web or email address besides the link. `reason` has no value of a variable in it. */
type RenderedMessage =
  | { text: string; warnings: "url_in_text"[] }
  | { reason: string; variable?: string };

/** A message as the patient will read it, or why it cannot be sent. The text is composed (NFC) and trimmed. */
export function renderMessage({
  text,
  channel,
  variables,
  linkUrl,
}: MessageDraft): RenderedMessage {
  const template = normalizeText(text);
  if (containsHiddenCharacters(template.replaceAll("\n", ""))) {
    return { reason: "Remove hidden or control characters from the message." };
  }
  const values = new Map(
    Object.entries(variables).map(([name, value]) => [name, normalizeText(value)]),
  );
  values.set("link", linkUrl ?? "");
  for (const variable of listVariables(template)) {
    const reason = findVariableError(variable, values.get(variable) ?? "");
    if (reason) return { reason, variable };
  }
  // Before values are put in, so that the reason shows none. They have no braces.
  const misplaced = findVariablesProblem(template);
  if (misplaced) return misplaced;
  const body = template
    .replaceAll(placeholder, (_, name: string) => values.get(name) ?? "")
    .normalize("NFC");
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(withoutInvisible(body))) {
    return { reason: "Enter the message." };
  }
  const words = wordsOf(body);
  const rendered = linkUrl === null || words.includes(linkUrl) ? body : `${body}\n${linkUrl}`;
  const tooLong = findLengthError(rendered, channel);
  if (tooLong) return { reason: tooLong };
  const hasOtherUrl = words.some((word) => word !== linkUrl && looksLikeUrl(word));
  return { text: rendered, warnings: hasOtherUrl ? ["url_in_text"] : [] };
}

/** What no value can put right: a link that touches a word, or braces that are no variable. */
function findVariablesProblem(template: string): { reason: string; variable?: string } | null {
  if (hasAttachedLink(template)) {
    return { reason: "Put a space or a new line before and after {{link}}.", variable: "link" };
  }
  const leftover = findLeftover(template);
  if (leftover === undefined) return null;
  return {
    reason: `“${leftover}” is not a variable. Write it as {{first_name}}, in lower-case letters, digits and underscores.`,
  };
}

/** Braces that are no variable. */
function findLeftover(template: string): string | undefined {
  const rest = template.replaceAll(placeholder, " ");
  return leftovers.flatMap((pattern) => pattern.exec(rest) ?? [])[0];
}

/** Why no message could be written from a template, whatever the values; null when one can. */
export function findTemplateProblem(text: string): string | null {
  if (listVariables(text).length > maxVariables) {
    return `Use ${maxVariables} variables or fewer.`;
  }
  const template = normalizeText(text);
  const leftover = findLeftover(template);
  return leftover === undefined
    ? (findVariablesProblem(template)?.reason ?? null)
    : `Correct “${leftover}”. A variable looks like {{first_name}}: lower-case letters, digits and underscores.`;
}

/** Spaces that a word processor or a spreadsheet leaves become plain ones: they would make a message dearer. */
const normalizeText = (text: string) =>
  text
    .normalize("NFC")
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[\t\u00a0\u202f]/g, " ")
    .trim();

/** Zero-width and similar characters. The two joiners are allowed: names of several languages need them. */
const hiddenInValue = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u;
const withoutInvisible = (text: string) =>
  text.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "");
const lineBreaks = /[\n\v\f\u0085\u2028\u2029]/;
/** Of HTML, Markdown and our own variables. */
const markup = /[<>[\]{}`*\\]|__|~~|^#|&#?\w+;/;

/** Why a variable's value cannot be used. A value is plain text: a name must not bring a link into a message. */
function findVariableError(name: string, value: string): string | undefined {
  if (name === "link") {
    return value === "" ? "Select a link, or remove {{link}} from the message." : undefined;
  }
  const label = knownVariables.find((known) => known.name === name)?.label ?? name;
  if (value === "") return `“${label}” has no value.`;
  if (lineBreaks.test(value)) return `“${label}” has a line break. Use one line.`;
  if (containsHiddenCharacters(value) || hiddenInValue.test(value)) {
    return `“${label}” has hidden or control characters.`;
  }
  if ([...value].length > maxValueCharacters) {
    return `“${label}” is too long. Use ${maxValueCharacters} characters or fewer.`;
  }
  if (markup.test(value.normalize("NFKC"))) {
    return `“${label}” has markup. Use letters, digits and punctuation.`;
  }
  if (value.split(/\s/).some(looksLikeUrl)) {
    return `“${label}” has a web or email address, or looks like one. Put a space after each full stop.`;
  }
  return undefined;
}

/** True when `{{link}}` touches a word: the address would then lead somewhere else. */
const hasAttachedLink = (template: string) =>
  /[^\s("'“‘]\{\{ *link *\}\}|\{\{ *link *\}\}(?![)"'”’.,;:!?]*(?:\s|$))/.test(template);

/** Without the punctuation around them, which is no part of an address. */
const wordsOf = (text: string) =>
  text
    .split(/\s+/)
    .map((word) => word.replace(/^["'“‘(]+/, "").replace(/(?<![)"'”’.,;:!?])[)"'”’.,;:!?]+$/, ""));

/** True for what a phone might turn into a link: a scheme, a domain, an email address or an IP address. */
function looksLikeUrl(word: string): boolean {
  const plain = withoutInvisible(word.normalize("NFKC")).replaceAll("。", ".");
  if (/:\/\/|^\/\/|(?:mailto|javascript|data):\S/i.test(plain)) return true;
  if (/\d{1,3}(?:\.\d{1,3}){3}/.test(plain)) return true;
  return (plain.match(/[\p{L}\p{M}\p{N}._-]+/gu) ?? []).some((host) => {
    const labels = host.split(".");
    return labels.some((label, index) => label !== "" && isTopLevel(labels[index + 1] ?? ""));
  });
}

/** A label that could end a domain: "com", "рф", "xn--p1ai", but no number and no single letter as in "a.m." */
const isTopLevel = (label: string) => /^[\p{L}\p{M}]{2}/u.test(label);

const formatCount = (count: number) => count.toLocaleString("en-GB");

function findLengthError(text: string, channel: MessageChannel): string | undefined {
  const max = maxCharacters[channel];
  const length = channel === "sms" ? countSmsParts(text).characters : [...text].length;
  if (length <= max) return undefined;
  const excess = `Shorten the message: it has ${formatCount(length)} characters, and the limit is ${formatCount(max)}.`;
  return channel === "sms" && length > [...text].length
    ? `${excess} Some characters, such as € and emoji, count as two.`
    : excess;
}
