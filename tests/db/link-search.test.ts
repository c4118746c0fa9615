import { randomBytes, randomUUID } from "node:crypto";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { migrateDatabase } from "@/db/migrate";
import journal from "@/db/migrations/meta/_journal.json" with { type: "json" };
import { prepareRoles, withDatabase } from "@/scripts/roles";
import { searchTermsOf } from "@/server/services/links/search-terms";

// The migration that creates the search words of existing links again, run on a database with links in it.

const { superuserUrl } = inject("servers");
const database = `search_${randomBytes(6).toString("hex")}`;
const folder = mkdtempSync(join(tmpdir(), "migrations-"));

const oldLinks = [
  { name: "Clinig Siân O’Brien" },
  {
    name: "Dr Łukasz Sørensen's letters",
    reference: "LETTER-1742/b",
    tags: ["Autumn Drive", "O'Neill"],
  },
  { name: "Straße list", url: "https://bookings.example/s/Qw8_Zk-77", heroLinkId: "8812" },
  { name: "‘Quoted’ ﬁle №5 ½ Ⅳ", tags: ["#hash", "Łódź"] },
  { name: "Þórður Æsir Œuvre ΣΊΣΥΦΟΣ", reference: "zero\u200Bwidth so\u00ADft O´Hara d''Arcy '" },
  { name: `long ${"x".repeat(50)} x`, reference: null },
];

let superuser: Sql;

beforeAll(async () => {
  const bootstrap = postgres(superuserUrl, { max: 1 });
  await bootstrap.unsafe(`create database ${database}`);
  await bootstrap.end();
  superuser = postgres(withDatabase(superuserUrl, database), { max: 1, onnotice: () => undefined });
  const { ownerUrl = "" } = await prepareRoles({
    databaseUrl: withDatabase(superuserUrl, database),
    fallbackPassword: "none",
  });
  cpSync("db/migrations", folder, { recursive: true });
  const entries = journal.entries.slice(
    0,
    journal.entries.findIndex(({ tag }) => tag.endsWith("link_search")),
  );
  writeFileSync(join(folder, "meta/_journal.json"), JSON.stringify({ ...journal, entries }));
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => undefined });
  await migrate(drizzle(owner), { migrationsFolder: folder });
  await owner.end();
  const tenantId = randomUUID();
  const id = randomUUID();
  await superuser`insert into tenants (id, slug, name) values (${tenantId}, 'old', 'Old')`;
  await superuser`insert into data_keys (tenant_id, id, sealed_key, master_key_id)
    values (${tenantId}, ${id}, '\\x00', '1')`;
  await superuser`insert into credentials
    (tenant_id, environment, id, own_practice_group_id, sealed_key, data_key_id, fingerprint, last_four, added_by)
    values (${tenantId}, 'sandbox', ${id}, '1', '\\x00', ${id}, 'f', '0000', ${id})`;
  await superuser`insert into practices
    (tenant_id, environment, id, practice_group_id, credential_id, name, capabilities, capability_checks)
    values (${tenantId}, 'sandbox', ${id}, '1', ${id}, 'Practice', '{}', '[]')`;
  for (const [index, link] of oldLinks.entries()) {
    const linkId = randomUUID();
    await superuser`insert into links
      (tenant_id, environment, id, operation_id, request_hash, practice_id, outcome, name, reference, tags, url,
        hero_link_id, appointment_type_id, appointment_type_name, location_id, location_name, expires_on,
        max_uses, created_by)
      values (${tenantId}, 'sandbox', ${linkId}, ${linkId}, ${String(index)}, ${id}, 'active', ${link.name},
        ${link.reference ?? null}, ${link.tags ?? []}, ${link.url ?? null}, ${link.heroLinkId ?? null},
        '1', 'Flu clinic', '2', 'Main site', '2027-01-01', 3, ${id})`;
    for (const tag of ["stale'word", ...(link.tags ?? []).map((text) => `#${text.toLowerCase()}`)])
      await superuser`insert into link_search_terms (tenant_id, environment, term, link_id)
        values (${tenantId}, 'sandbox', ${tag}, ${linkId})`;
  }
  await migrateDatabase(ownerUrl);
});

afterAll(async () => {
  await superuser.end();
  rmSync(folder, { recursive: true, force: true });
  const bootstrap = postgres(superuserUrl, { max: 1 });
  await bootstrap.unsafe(`drop database ${database} with (force)`);
  await bootstrap.end();
});

describe("the migration of search words", () => {
  it.each(oldLinks.map((link, index) => [link.name, link, index] as const))(
    "E2: “%s” gets the words that a new link gets",
    async (_, link, index) => {
      const rows = await superuser<{ term: string }[]>`
        select term from link_search_terms t
        join links l on (l.tenant_id, l.environment, l.id) = (t.tenant_id, t.environment, t.link_id)
        where l.request_hash = ${String(index)}`;
      const expected = searchTermsOf({
        ...link,
        appointmentTypeName: "Flu clinic",
        locationName: "Main site",
      });
      expect(rows.map(({ term }) => term).toSorted()).toEqual([...new Set(expected)].toSorted());
    },
  );
});
