import { readFileSync } from "node:fs";
import type { Browser, Download, Page } from "@playwright/test";
import jsQr from "jsqr";

/** The bytes of what the browser saved. */
export async function readDownload(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}

/**
 * What an independent reader finds in a picture, and how wide it is. The picture is drawn by a page of
 * its own, which has no content security policy; an SVG is drawn `width` pixels wide.
 */
export async function readPicture(
  browser: Browser,
  picture: Buffer,
  type: "image/png" | "image/svg+xml",
  width?: number,
): Promise<{ text: string | undefined; width: number }> {
  const page = await browser.newPage();
  const address = `data:${type};base64,${picture.toString("base64")}`;
  const drawn = await pixelsOf(page, address, width);
  await page.close();
  const pixels = new Uint8ClampedArray(Buffer.from(drawn.pixels, "base64"));
  return { text: jsQr(pixels, drawn.width, drawn.height)?.data, width: drawn.natural };
}

const pixelsOf = (page: Page, address: string, width: number | undefined) =>
  page.evaluate(
    async ([source, wanted]) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = wanted ?? image.naturalWidth;
      canvas.height = Math.round((canvas.width * image.naturalHeight) / image.naturalWidth);
      const draw = canvas.getContext("2d");
      if (!draw) throw new Error("This browser cannot draw.");
      draw.drawImage(image, 0, 0, canvas.width, canvas.height);
      const { data } = draw.getImageData(0, 0, canvas.width, canvas.height);
      let binary = "";
      for (let at = 0; at < data.length; at += 8192) {
        binary += String.fromCharCode(...data.subarray(at, at + 8192));
      }
      return {
        pixels: btoa(binary),
        width: canvas.width,
        height: canvas.height,
        natural: image.naturalWidth,
      };
    },
    [address, width] as const,
  );
