import { Parser } from "htmlparser2";
import type { CheckedPage } from "@/embed/checker/page";

/** Parses pasted response headers (lines that are no header are skipped) and HTML. Runs and loads nothing. */
export function parsePastedPage(
  pasted: { headers: string; html: string; origin: string },
  nowMs: number,
): CheckedPage {
  const headers = parseHeaders(pasted.headers);
  const headerValues = (name: string) =>
    headers.filter((header) => header.name === name).map((header) => header.value);
  const tags = parseTags(pasted.html);
  const sentMs = Date.parse(headerValues("date")[0] ?? "");
  const hasDate = Number.isFinite(sentMs);
  return {
    policies: [...headerValues("content-security-policy"), ...tags.policies],
    reportOnlyPolicies: headerValues("content-security-policy-report-only"),
    origin: parseOrigin(pasted.origin),
    scripts: tags.scripts,
    frames: tags.frames,
    elements: tags.elements,
    html: pasted.html,
    cacheControl: headers.length > 0 ? (headerValues("cache-control")[0] ?? "") : undefined,
    // A past date may be an old copy; only a future one proves a wrong clock.
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

/** Browser tools copy a header on one line, or its value on the line after its name. */
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
  const scripts: CheckedPage["scripts"][number][] = [];
  const frames: CheckedPage["frames"][number][] = [];
  const elements: CheckedPage["elements"][number][] = [];
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
