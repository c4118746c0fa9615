import { readFileSync } from "node:fs";
import { Hono } from "hono";

const stylesheets = ["patient.css", "page-shell.css"];

export function assetRoutes(): Hono {
  const app = new Hono();
  for (const name of stylesheets) {
    const text = readFileSync(new URL(name, import.meta.url), "utf8");
    app.get(`/${name}`, (c) => {
      c.header("content-type", "text/css; charset=utf-8");
      c.header("cache-control", "max-age=300");
      return c.body(text);
    });
  }
  return app;
}
