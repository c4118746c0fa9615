import { beforeEach, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { memberships } from "@/db/schema/organisations";
import { eq } from "drizzle-orm";
import { role, type Role } from "@/server/schemas/organisations";
import { disconnectPractice } from "@/server/services/practices/change";
import { testPracticeNow } from "@/server/services/practices/probe";
import { getBookingOptions } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { findPractice, injectFault } from "../support/hero";
import { listJobs, listMails, runJobs } from "../support/mail";
import { makeTenant, type TestTenant } from "../support/tenants";

const superuser = connectAsSuperuser();
const { apiKey, practiceGroupId, name } = await findPractice("30298", "c");

let tenant: TestTenant;
let other: TestTenant;
let ctx: TenantContext;
let practiceId: string;

beforeEach(async () => {
  tenant = await makeTenant();
  other = await makeTenant();
  practiceId = (await tenant.connect({ apiKey, practiceGroupId })).id;
  await other.connect({ apiKey, practiceGroupId });
  ctx = await tenant.as();
});

const refuseOnce = (operation: string) =>
  injectFault({ operation, key: apiKey, status: 401, times: 1 });

/** Adds a member of each role and gives their addresses. */
async function makeMembers(): Promise<Record<Role, string>> {
  const emails: Partial<Record<Role, string>> = {};
  for (const one of role.options) {
    const scope = await tenant.asRole(one);
    if (scope.actor.kind === "person") emails[one] = scope.actor.email;
  }
  return emails as Record<Role, string>;
}

describe("a key that Hero refuses", () => {
  it("brings a mail to everybody who can replace it, and to nobody else", async () => {
    const members = await makeMembers();
    await refuseOnce("getPracticeGroupById");
    await testPracticeNow(ctx, { practiceId });
    expect((await listJobs("key-refused-mail")).map(({ data }) => data)).toEqual([
      { tenantId: ctx.tenantId, environment: "sandbox", practiceId },
    ]);
    await runJobs("key-refused-mail");

    for (const one of ["owner", "admin", "developer"] as const) {
      const [mail, ...more] = await listMails(members[one]);
      expect(more).toEqual([]);
      expect(mail?.to).toBe(members[one]);
      expect(mail?.subject).toBe(`${name} needs a new Hero API key`);
      expect(mail?.text).toContain(`ends in ${apiKey.slice(-4)}`);
      expect(mail?.links).toEqual([
        `http://localhost:3000/${tenant.slug}/sandbox/practices/${practiceId}`,
      ]);
      expect(JSON.stringify(mail)).not.toContain(apiKey.slice(0, -4));
    }
    expect(await listMails(tenant.owner.email)).toHaveLength(1);
    for (const one of ["operator", "viewer", "auditor"] as const) {
      expect(await listMails(members[one])).toEqual([]);
    }
    // The other organisation holds the same key; it learns of it by a call of its own.
    expect(await listMails(other.owner.email)).toEqual([]);
  });

  it("brings one mail however many calls are refused, at once or one after the other", async () => {
    await injectFault({ operation: "getPracticeGroupById", key: apiKey, status: 401, times: 4 });
    await Promise.all([1, 2, 3].map(() => testPracticeNow(ctx, { practiceId })));
    await testPracticeNow(ctx, { practiceId });
    expect(await listJobs("key-refused-mail")).toHaveLength(1);
    const rows = await superuser`
      select 1 from audit_events where tenant_id = ${ctx.tenantId} and action = 'credential.refused'`;
    expect(rows).toHaveLength(1);
    await runJobs("key-refused-mail");
    expect(await listMails(tenant.owner.email)).toHaveLength(1);
  });

  it("is noticed by any call, not only by the probe", async () => {
    await refuseOnce("listLocations");
    await expect(getBookingOptions(ctx, { practiceId })).rejects.toMatchObject({
      code: "unauthorised",
    });
    expect(await runJobs("key-refused-mail")).toBe(1);
    expect(await listMails(tenant.owner.email)).toHaveLength(1);
  });

  it("brings no mail when it works again by the time, or the practice is gone", async () => {
    await refuseOnce("getPracticeGroupById");
    await testPracticeNow(ctx, { practiceId });
    await testPracticeNow(ctx, { practiceId });
    await runJobs("key-refused-mail");
    await refuseOnce("getPracticeGroupById");
    await testPracticeNow(ctx, { practiceId });
    await disconnectPractice(ctx, { practiceId });
    await runJobs("key-refused-mail");
    expect(await listMails(tenant.owner.email)).toEqual([]);
  });

  it("c16: brings no mail to who was disabled or is no longer a member", async () => {
    const members = await makeMembers();
    await db.shared
      .update(users)
      .set({ disabledAt: new Date() })
      .where(eq(users.email, members.admin));
    await superuser`
      delete from memberships where user_id = (select id from users where email = ${members.developer})`;
    expect(await db.shared.select({ role: memberships.role }).from(memberships)).toEqual([]);
    await refuseOnce("getPracticeGroupById");
    await testPracticeNow(ctx, { practiceId });
    await runJobs("key-refused-mail");
    expect(await listMails(members.owner)).toHaveLength(1);
    expect(await listMails(members.admin)).toEqual([]);
    expect(await listMails(members.developer)).toEqual([]);
  });

  it("leaves neither row nor job where the marking is rolled back", async () => {
    await connectFailing();
    await refuseOnce("getPracticeGroupById");
    await expect(testPracticeNow(ctx, { practiceId })).rejects.toThrow();
    await mend();
    expect(await listJobs("key-refused-mail")).toEqual([]);
    const [row] = await superuser`
      select state from credentials where tenant_id = ${ctx.tenantId}`;
    expect(row?.state).toBe("working");
  });
});

async function connectFailing() {
  await superuser.unsafe(`
    create function fail_here() returns trigger language plpgsql as
      $$ begin if new.action = 'credential.refused' then raise exception 'broken'; end if;
         return new; end $$;
    create trigger fail_here before insert on audit_events
      for each row execute function fail_here();`);
}
async function mend() {
  await superuser.unsafe(`drop trigger fail_here on audit_events; drop function fail_here();`);
}
