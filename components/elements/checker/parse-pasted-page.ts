import { Parser } from "htmlparser2";
import type { ExaminedPage } from "../../../embed/doctor/page";

/**
 * Reads a page from what a person pasted: its response headers, one a line (a status line and names of
 * browsers' tools in front are passed over), and its HTML. Nothing of it is run or loaded.
 */
export function parsePastedPage(
  pasted: { headers: string; html: string; origin: string },
  nowMs: number,
): ExaminedPage {
  const headers = parseHeaders(pasted.headers);
  const headerValues = (name: string) =>
    headers.filter((header) => header.name === name).map((header) => header.value);
  const tags = parseTags(pasted.html);
  const sentMs = Date.parse(headerValues("date")[0] ?? "");
  const hasDate = Number.isFinite(sentMs);
  return {
    policies: [...headerValues("content-security-policy"), ...tags.policies],
    reportedPolicies: headerValues("content-security-policy-report-only"),
    origin: parseOrigin(pasted.origin),
    scripts: tags.scripts,
    frames: tags.frames,
    elements: tags.elements,
    html: pasted.html,
    cacheControl: headers.length > 0 ? (headerValues("cache-control")[0] ?? "") : undefined,
    // An old date is an old copy; only one that is ahead can be told for a clock that is wrong.
    clock:
      hasDate && sentMs > nowMs
        ? { of: "the page's server", than: "this browser", aheadMs: sentMs - nowMs }
        : undefined,
    sentMs: hasDate ? sentMs : undefined,
    nowMs,
  };
}

function parseOrigin(text: string): string | undefined {
  const trimmed = text.trim();
  return URL.canParse(trimmed) && /^https?:/i.test(trimmed) ? new URL(trimmed).origin : undefined;
}

const headerPattern = /^[<\s]*([A-Za-z][A-Za-z0-9-]*):(?:\s+(.*))?$/;

/** Browsers' tools copy a header in one line, or its value in the line after its name. */
function parseHeaders(text: string): { name: string; value: string }[] {
  const lines = text.split(/\r?\n/);
  const headers: { name: string; value: string }[] = [];
  for (const [index, line] of lines.entries()) {
    const [, name = "", value = ""] = headerPattern.exec(line) ?? [];
    const nextLine = lines[index + 1] ?? "";
    const isValueOnNextLine = value.trim() === "" && !headerPattern.test(nextLine);
    if (name)
      headers.push({
        name: name.toLowerCase(),
        value: (isValueOnNextLine ? nextLine : value).trim(),
      });
  }
  return headers;
}

function parseTags(html: string) {
  const scripts: ExaminedPage["scripts"][number][] = [];
  const frames: ExaminedPage["frames"][number][] = [];
  const elements: ExaminedPage["elements"][number][] = [];
  const policies: string[] = [];
  const parser = new Parser({
    onopentag(tag, attributes) {
      const { src = "", content = "" } = attributes;
      if (tag === "script" && src) {
        scripts.push({
          src,
          nonce: attributes.nonce,
          hasIntegrity: attributes.integrity !== undefined,
          crossOrigin: attributes.crossorigin,
        });
      }
      if (tag === "iframe" && src) frames.push({ src });
      if (tag === "meta" && /^content-security-policy$/i.test(attributes["http-equiv"] ?? "")) {
        policies.push(content);
      }
      if (tag === "hero-placement" || tag.startsWith("hh-")) elements.push({ tag, attributes });
    },
  });
  parser.end(html);
  return { scripts, frames, elements, policies };
}
