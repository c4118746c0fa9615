import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** What partners' pages load, by source. Frozen versions have no source: see `tests/embed/releases.test.ts`. */
export const outputBySource = {
  "embed/loader.ts": "public/embed/v2.js",
  "embed/frame.ts": "public/embed/frame-v2.js",
  "embed/checker.ts": "public/embed/checker-v2.js",
} as const;

export const loaderFile = outputBySource["embed/loader.ts"];
export const integrityFile = "components/elements/snippets/integrity.ts";

/**
 * Builds the scripts for partners' pages, and the integrity value by which they pin the loader.
 *
 * @param root The folder in which the files are written under their own paths.
 * @returns The paths written.
 */
export async function buildEmbed(root: string): Promise<string[]> {
  const writtenPaths: string[] = [];
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    writtenPaths.push(path);
  };
  for (const [source, path] of Object.entries(outputBySource)) {
    const { outputFiles } = await build({
      entryPoints: [source],
      bundle: true,
      minify: true,
      format: "iife",
      target: "es2020",
      charset: "utf8",
      legalComments: "none",
      write: false,
    });
    const [output] = outputFiles;
    if (!output) throw new Error(`esbuild wrote nothing for ${source}.`);
    write(path, output.contents);
    if (path === loaderFile) {
      const hash = createHash("sha384").update(output.contents).digest("base64");
      write(
        integrityFile,
        `/** Hash of \`${loaderFile}\`, written by \`npm run build:embed\`. */
export const loaderIntegrity =
  "sha384-${hash}";
`,
      );
    }
  }
  return writtenPaths;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildEmbed(".");
