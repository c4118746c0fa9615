import type { ErrorCorrection } from "qr";

/** How much of a code can be damaged and still scan (ISO/IEC 18004). */
export const correctionLevels = {
  L: { ecc: "low", recoverable: "7 %" },
  M: { ecc: "medium", recoverable: "15 %" },
  Q: { ecc: "quartile", recoverable: "25 %" },
  H: { ecc: "high", recoverable: "30 %" },
} as const satisfies Record<string, { ecc: ErrorCorrection; recoverable: string }>;
export type CorrectionLevel = keyof typeof correctionLevels;

/** The margin that scanners need, in modules (ISO/IEC 18004). */
export const quietZone = 4;

/** Rows of modules, true for dark, with the quiet zone. */
export type QrModules = boolean[][];

/** Creates a code. The library is loaded with the first code, not with the page. */
export async function createQr(text: string, correction: CorrectionLevel): Promise<QrModules> {
  const { default: encodeQR } = await import("qr");
  return encodeQR(text, "raw", { ecc: correctionLevels[correction].ecc, border: quietZone });
}

/** The dark modules as one path, in units of modules; each run in a row is one rectangle. */
export function qrPath(modules: QrModules): string {
  const parts: string[] = [];
  modules.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x++;
      const width = x + 1 - start;
      parts.push(`M${start} ${y}h${width}v1h-${width}z`);
    }
  });
  return parts.join("");
}

/** The code as an SVG file, `size` pixels wide. */
export function qrSvg(modules: QrModules, size: number): string {
  const { length } = modules;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${length} ${length}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${length}v${length}h-${length}z"/><path d="${qrPath(modules)}"/></svg>\n`
  );
}

/**
 * Draws a PNG of exactly `size` pixels. Modules are whole pixels, so that edges stay sharp; the
 * remainder widens the quiet zone.
 */
export function qrPng(modules: QrModules, size: number): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw.");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, size, size);
  context.fillStyle = "#000";
  const scale = Math.floor(size / modules.length);
  const margin = Math.floor((size - scale * modules.length) / 2);
  modules.forEach((row, y) => {
    row.forEach((isDark, x) => {
      if (isDark) context.fillRect(margin + x * scale, margin + y * scale, scale, scale);
    });
  });
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("This browser cannot create a PNG."))),
      "image/png",
    );
  });
}
