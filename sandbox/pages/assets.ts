import { readFileSync } from "node:fs";
import { Hono } from "hono";

const sheets = ["patient.css", "sheet.css"];

/** The style sheets, read once. */
export function assetRoutes(): Hono {
  const app = new Hono();
  for (const name of sheets) {
    const text = readFileSync(new URL(name, import.meta.url), "utf8");
    app.get(`/${name}`, (c) => {
      c.header("content-type", "text/css; charset=utf-8");
      c.header("cache-control", "max-age=300");
      return c.body(text);
    });
  }
  return app;
}
