import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** What partners' pages load, by the file it is made from. */
const outputBySource = {
  "embed/loader.ts": "public/embed/v1.js",
  "embed/frame.ts": "public/embed/frame-v1.js",
  "embed/doctor.ts": "public/embed/doctor-v1.js",
} as const;

export const loaderFile = outputBySource["embed/loader.ts"];
export const integrityFile = "components/elements/snippets/integrity.ts";

/**
 * Builds the scripts for partners' pages, and writes down by which integrity value they pin the loader.
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
    if (!output) throw new Error(`Nothing came of ${source}.`);
    write(path, output.contents);
    if (path === loaderFile) {
      const hash = createHash("sha384").update(output.contents).digest("base64");
      write(
        integrityFile,
        `/** Of \`${loaderFile}\`; written by \`npm run build:embed\`. */
export const loaderIntegrity =
  "sha384-${hash}";
`,
      );
    }
  }
  return writtenPaths;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildEmbed(".");
