import { defineConfig } from "@hey-api/openapi-ts";

/** Types only: replies are checked at run time by the small schemas in `server/hero`, which tolerate unknown values. */
export default defineConfig({
  input: "./hero.yaml",
  output: { path: "../server/hero/generated", clean: true },
  plugins: ["@hey-api/typescript"],
});
