import { defineConfig } from "drizzle-kit";

/** Generates migrations only (`npm run generate:db`); they are applied by `db/migrate.ts` at start. */
export default defineConfig({
  dialect: "postgresql",
  schema: "./db/schema/*.ts",
  out: "./db/migrations",
  entities: { roles: { provider: "", include: [] } },
});
