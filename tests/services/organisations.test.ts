import { randomBytes, randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { openDataKey } from "@/server/crypto/keys";
import { createOrganisationInput, reservedSlugs } from "@/server/schemas/organisations";
import type { AccountContext } from "@/server/services/accounts/events";
import { listOrganisations } from "@/server/services/accounts/me";
import { listActivity } from "@/server/services/activity";
import { createOrganisation } from "@/server/services/organisations";
import { resolveTenantContext } from "@/server/tenancy/session";
import { connectAsOwner, connectAsSuperuser } from "../setup/database";
import { createPerson } from "../support/tenants";

const superuser = connectAsSuperuser();
const owner = connectAsOwner();

let person: Awaited<ReturnType<typeof createPerson>>;
let ctx: AccountContext;

beforeAll(async () => {
  person = await createPerson("Olive Owner");
  const { id: userId, name, email } = person;
  const sessionId = randomUUID();
  ctx = { requestId: randomUUID(), clientAddress: "test", sessionId, userId, name, email };
});

const createSlug = () => `t${randomBytes(6).toString("hex")}`;

/** The number of rows that creating an organisation writes, of all tenants. */
async function countRows() {
  const [row] = await superuser`
    select (select count(*)::int from tenants) as tenants,
      (select count(*)::int from memberships) as memberships,
      (select count(*)::int from data_keys) as "dataKeys",
      (select count(*)::int from audit_events) as "auditEvents"`;
  return row;
}

describe("creating an organisation", () => {
  it("an organisation is created with its owner, data key and audit row", async () => {
    const slug = createSlug();
    const created = await createOrganisation(ctx, { name: "Acme 🏥", slug });
    expect(created).toEqual({ slug, name: "Acme 🏥", role: "owner" });
    expect(await listOrganisations(person.id)).toContainEqual(created);

    const path = { tenant: slug, environment: "production" };
    const { tenant: scope, role } = await resolveTenantContext(person.token, path, randomUUID());
    expect(role).toBe("owner");
    const keys = await superuser`
      select id, sealed_key, master_key_id from data_keys where tenant_id = ${scope.tenantId}`;
    expect(keys).toHaveLength(1);
    expect(keys[0]?.master_key_id).toBe("test");
    const stored = { id: String(keys[0]?.id), sealedKey: keys[0]?.sealed_key };
    expect(openDataKey(scope.tenantId, stored).bytes).toHaveLength(32);

    // Visible in each environment, because it belongs to none.
    for (const environment of ["sandbox", "production"] as const) {
      const { items } = await listActivity({ ...scope, environment }, {});
      expect(items).toMatchObject([
        {
          action: "Created the organisation",
          actor: "Olive Owner",
          environment: null,
          subject: { type: "organisation", id: scope.tenantId, label: "Acme 🏥" },
          requestId: ctx.requestId,
        },
      ]);
    }
  });

  it("every tenant has its own data key", async () => {
    const slugs = [createSlug(), createSlug()];
    for (const slug of slugs) await createOrganisation(ctx, { name: "Alike", slug });
    const rows = await superuser`
      select k.id, k.tenant_id, k.sealed_key from data_keys k join tenants t on t.id = k.tenant_id
      where t.slug in ${superuser(slugs)}`;
    const keys = rows.map((row) =>
      openDataKey(row.tenant_id, { id: row.id, sealedKey: row.sealed_key }).bytes.toString("hex"),
    );
    expect(new Set(keys).size).toBe(2);
  });

  it("a short name that is in use is rejected at its field, and nothing is saved", async () => {
    const slug = createSlug();
    await createOrganisation(ctx, { name: "First", slug });
    const before = await countRows();
    const second = await createPerson();
    const other = { ...ctx, userId: second.id };
    await expect(createOrganisation(other, { name: "Second", slug })).rejects.toMatchObject({
      name: "InvalidInputError",
      field: "slug",
      message: "This short name is taken. Choose another.",
    });
    expect(await countRows()).toEqual(before);
    expect(await listOrganisations(second.id)).toEqual([]);
  });

  it("ten simultaneous requests for a short name create one organisation", async () => {
    const slug = createSlug();
    const before = await countRows();
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => createOrganisation(ctx, { name: `Number ${i}`, slug })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ field: "slug" });
    }
    const after = await countRows();
    for (const [table, count] of Object.entries(after ?? {})) {
      expect(count, table).toBe(before?.[table] + 1);
    }
  });

  it.each(reservedSlugs)("%s is reserved for the portal", (slug) => {
    const parsed = createOrganisationInput.safeParse({ name: "N", slug });
    expect(parsed.error?.issues).toMatchObject([
      { path: ["slug"], message: "This short name is reserved. Choose another." },
    ]);
  });

  it.each(["insert into data_keys", "insert into memberships", "insert into audit_events"])(
    "nothing is saved when creation fails at: %s",
    async (step) => {
      const [, , table] = step.split(" ");
      await owner.unsafe(`
      create function fail_here() returns trigger language plpgsql as
        $$ begin raise exception 'broken for the test'; end $$;
      create trigger fail_here before insert on ${table}
        for each row execute function fail_here();`);
      try {
        const before = await countRows();
        const slug = createSlug();
        await expect(createOrganisation(ctx, { name: "Half", slug })).rejects.toThrow();
        expect(await countRows()).toEqual(before);
        const remaining = await superuser`select 1 from tenants where slug = ${slug}`;
        expect(remaining).toHaveLength(0);
      } finally {
        await owner.unsafe(`drop trigger fail_here on ${table}; drop function fail_here();`);
      }
    },
  );
});
