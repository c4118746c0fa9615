import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { actions, handlers, pages } from "./routes";

const listFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const files = listFiles("app");

/** The address of a file by Next's rules. */
function listPaths(name: RegExp): string[] {
  return files
    .filter((file) => name.test(file))
    .map((file) => `/${relative("app", file)}`.replace(/\/(page|route)\.\w+$/, "") || "/")
    .sort();
}

describe("c12: addresses", () => {
  it("pages exist at exactly the reviewed addresses", () => {
    expect(listPaths(/\/page\.\w+$/)).toEqual(Object.keys(pages).sort());
  });

  it("everything else exists at exactly the reviewed addresses", () => {
    const files =
      /\/(route\.\w+|(favicon|icon|apple-icon|opengraph-image|twitter-image|robots|sitemap|manifest)\d*\.\w+)$/;
    expect(listPaths(files)).toEqual(Object.keys(handlers).sort());
  });

  it("no other file creates an address", () => {
    // Each of these would be served, or would add addresses.
    expect(["pages", "src", "middleware.ts"].filter((name) => existsSync(name))).toEqual([]);
    // Scripts for partners' pages, without tenant data.
    expect(listFiles("public").sort()).toEqual([
      "public/embed/checker-v2.js",
      "public/embed/doctor-v1.js",
      "public/embed/frame-v1.js",
      "public/embed/frame-v2.js",
      "public/embed/v1.d.ts",
      "public/embed/v1.js",
      "public/embed/v2.d.ts",
      "public/embed/v2.js",
    ]);
    expect(files.filter((file) => /\/(@|\(|_)/.test(`/${file}`))).toEqual([]);
    expect(readFileSync("next.config.js", "utf8")).not.toMatch(/rewrites|redirects|i18n|basePath/);
  });
});

describe("c12: server actions", () => {
  it("server actions are exactly the reviewed ones", () => {
    const sources = ["app", "components", "server"].flatMap(listFiles);
    const exportedActions = sources.flatMap((file) => {
      const source = readFileSync(file, "utf8");
      // A directive inside a function also creates an action, which would be easy to miss.
      if (!/^\s*["']use server["']/m.test(source)) return [];
      const names = [...source.matchAll(/^export (?:async )?(?:function|const) (\w+)/gm)];
      return names.length > 0 ? names.map(([, name]) => `${file} ${name}`) : [file];
    });
    expect(exportedActions.sort()).toEqual(Object.keys(actions).sort());
  });
});
