import { readFileSync } from "node:fs";
import type { Browser, Download, Page } from "@playwright/test";
import jsQr from "jsqr";

export async function readDownload(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}

/**
 * Decodes a QR code with an independent reader. A separate page without a content security policy renders
 * the image; an SVG is rendered `width` pixels wide.
 */
export async function readQrImage(
  browser: Browser,
  image: Buffer,
  type: "image/png" | "image/svg+xml",
  width?: number,
): Promise<{ text: string | undefined; width: number }> {
  const page = await browser.newPage();
  const dataUrl = `data:${type};base64,${image.toString("base64")}`;
  const rendered = await readPixels(page, dataUrl, width);
  await page.close();
  const pixels = new Uint8ClampedArray(Buffer.from(rendered.pixels, "base64"));
  return {
    text: jsQr(pixels, rendered.width, rendered.height)?.data,
    width: rendered.naturalWidth,
  };
}

const readPixels = (page: Page, dataUrl: string, width: number | undefined) =>
  page.evaluate(
    async ([source, targetWidth]) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = targetWidth ?? image.naturalWidth;
      canvas.height = Math.round((canvas.width * image.naturalHeight) / image.naturalWidth);
      const context = canvas.getContext("2d");
      if (!context) throw new Error("This browser cannot draw.");
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let binary = "";
      for (let offset = 0; offset < data.length; offset += 8192) {
        binary += String.fromCharCode(...data.subarray(offset, offset + 8192));
      }
      return {
        pixels: btoa(binary),
        width: canvas.width,
        height: canvas.height,
        naturalWidth: image.naturalWidth,
      };
    },
    [dataUrl, width] as const,
  );
