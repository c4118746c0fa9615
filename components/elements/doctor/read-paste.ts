import { Parser } from "htmlparser2";
import type { ExaminedPage } from "../../embed/doctor/page";

/**
 * Reads a page from what a person pasted: its response headers, one a line (a status line and names of
 * browsers' tools in front are passed over), and its HTML. Nothing of it is run or loaded.
 */
export function readPaste(
  given: { headers: string; html: string; origin: string },
  nowMs: number,
): ExaminedPage {
  const headers = readHeaders(given.headers);
  const all = (name: string) =>
    headers.filter((header) => header.name === name).map((header) => header.value);
  const tags = readTags(given.html);
  const sentMs = Date.parse(all("date")[0] ?? "");
  const isDated = Number.isFinite(sentMs);
  return {
    policies: [...all("content-security-policy"), ...tags.policies],
    reportedPolicies: all("content-security-policy-report-only"),
    origin: originOf(given.origin),
    scripts: tags.scripts,
    frames: tags.frames,
    elements: tags.elements,
    html: given.html,
    cacheControl: headers.length > 0 ? (all("cache-control")[0] ?? "") : undefined,
    // An old date is an old copy; only one that is ahead can be told for a clock that is wrong.
    clock:
      isDated && sentMs > nowMs
        ? { of: "the page's server", than: "this browser", aheadMs: sentMs - nowMs }
        : undefined,
    sentMs: isDated ? sentMs : undefined,
    nowMs,
  };
}

function originOf(text: string): string | undefined {
  const trimmed = text.trim();
  return URL.canParse(trimmed) && /^https?:/i.test(trimmed) ? new URL(trimmed).origin : undefined;
}

const header = /^[<\s]*([A-Za-z][A-Za-z0-9-]*):(?:\s+(.*))?$/;

/** Browsers' tools copy a header in one line, or its value in the line after its name. */
function readHeaders(text: string): { name: string; value: string }[] {
  const lines = text.split(/\r?\n/);
  const headers: { name: string; value: string }[] = [];
  for (const [at, line] of lines.entries()) {
    const [, name = "", value = ""] = header.exec(line) ?? [];
    const below = lines[at + 1] ?? "";
    const isBelow = value.trim() === "" && !header.test(below);
    if (name) headers.push({ name: name.toLowerCase(), value: (isBelow ? below : value).trim() });
  }
  return headers;
}

function readTags(html: string) {
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
