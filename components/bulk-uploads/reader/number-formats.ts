/**
 * Number formats of a workbook that show whole numbers with zeros or other characters which the cell does
 * not store: 00000 shows 123 as 00123. Formats of dates, decimals, thousands and percentages are left out:
 * there the stored number is what the person means.
 */

/** Characters to show, and places for digits: "0" shows a zero when there is no digit, "#" nothing. */
type FormatPart = { literal: string } | { place: "0" | "#" | "?" };

/** @returns the format by index of a cell's style */
export function readNumberFormats(stylesXml: string): Map<number, FormatPart[]> {
  const codes = new Map(
    [...stylesXml.matchAll(/<(?:\w+:)?numFmt\b[^>]*>/g)].map(([tag]) => [
      readAttribute(tag, "numFmtId"),
      readAttribute(tag, "formatCode"),
    ]),
  );
  const listFormatIds = (list: string) => {
    const section = new RegExp(`<(?:\\w+:)?${list}\\b[^>]*>([^]*?)</(?:\\w+:)?${list}>`).exec(
      stylesXml,
    );
    return [...(section?.[1] ?? "").matchAll(/<(?:\w+:)?xf\b[^>]*>/g)].map(([tag]) => ({
      formatId: readAttribute(tag, "numFmtId"),
      baseIndex: Number(readAttribute(tag, "xfId") || -1),
    }));
  };
  const baseStyles = listFormatIds("cellStyleXfs");
  return new Map(
    listFormatIds("cellXfs").flatMap(({ formatId, baseIndex }, index) => {
      const code = codes.get(formatId || (baseStyles[baseIndex]?.formatId ?? ""));
      const parts = code ? parseFormat(code) : null;
      return parts ? [[index, parts] as const] : [];
    }),
  );
}

/** A whole number as the format shows it. */
export function formatDigits(digits: string, parts: readonly FormatPart[]): string {
  let places = parts.filter((part) => "place" in part).length;
  let rest = digits === "0" ? "" : digits;
  return parts
    .map((part) => {
      if ("literal" in part) return part.literal;
      // The first place takes all digits for which there is no other.
      const digit = rest.slice(0, Math.max(0, rest.length - places + 1));
      rest = rest.slice(digit.length);
      places -= 1;
      if (digit) return digit;
      return part.place === "0" ? "0" : part.place === "?" ? " " : "";
    })
    .join("");
}

const tokenPattern = /"([^"]*)"|\\(.)|[_*].|\[[^\]]*\]|[^]/g;
const languageOrColour = /^\[(?:\$-[^\]]*|[a-z]{3,}\d*)\]$/i;

/** Null for a format that does more than show the digits of a whole number. */
function parseFormat(code: string): FormatPart[] | null {
  // The other sections are for negative numbers, zero and text.
  const section = /^(?:"[^"]*"|\\.|[^";])*/.exec(code)?.[0] ?? "";
  const parts: FormatPart[] = [];
  for (const [token, quoted, escaped] of section.matchAll(tokenPattern)) {
    const literal = quoted ?? escaped ?? (/^[ \-()+:]$/.test(token) ? token : null);
    if (literal !== null) parts.push({ literal });
    else if (token === "0" || token === "#" || token === "?") parts.push({ place: token });
    else if (!/^[_*]./.test(token) && !languageOrColour.test(token)) return null;
  }
  return parts.some((part) => "place" in part) ? parts : null;
}

const entities: Record<string, string> = { quot: '"', apos: "'", amp: "&", lt: "<", gt: ">" };

function readAttribute(tag: string, name: string): string {
  const value = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return (value?.[1] ?? value?.[2] ?? "").replace(
    /&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi,
    (entity: string, decimal?: string, hex?: string, word?: string) => {
      if (word) return entities[word] ?? entity;
      return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex ?? "", 16));
    },
  );
}
