import { beforeEach, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { memberships } from "@/db/schema/organisations";
import { eq } from "drizzle-orm";
import { roles, type Role } from "@/server/schemas/permissions";
import { disconnectPractice } from "@/server/services/practices/change";
import { testPracticeNow } from "@/server/services/practices/test-connection";
import { getBookingOptions } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { getSandboxPractice, injectFault } from "../support/hero";
import { listJobs, listEmails, runJobs } from "../support/mail";
import { createTenant, type TestTenant } from "../support/tenants";

const superuser = connectAsSuperuser();
let tenant: TestTenant;
let other: TestTenant;
let ctx: TenantContext;
let practiceId: string;
let apiKey: string;
let name: string;

beforeEach(async () => {
  // A key of its own for each test: how many calls use up a fault differs.
  const practice = await getSandboxPractice("30298", "c");
  ({ apiKey, name } = practice);
  tenant = await createTenant();
  other = await createTenant();
  practiceId = (await tenant.connect(practice)).id;
  await other.connect(practice);
  ctx = await tenant.asOwner();
});

const rejectOnce = (operation: string) =>
  injectFault({ operation, key: apiKey, status: 401, times: 1 });

/** Adds a member of each role and returns their addresses. */
async function createMembers(): Promise<Record<Role, string>> {
  const emails: Partial<Record<Role, string>> = {};
  for (const memberRole of roles) {
    const scope = await tenant.asRole(memberRole);
    if (scope.actor.kind === "person") emails[memberRole] = scope.actor.email;
  }
  return emails as Record<Role, string>;
}

describe("a key that Hero rejects", () => {
  it("everyone who can replace the key gets an email, and no one else", async () => {
    const members = await createMembers();
    await rejectOnce("getPracticeGroupById");
    await testPracticeNow(ctx, { practiceId });
    expect((await listJobs("key-rejected-mail")).map(({ data }) => data)).toEqual([
      { tenantId: ctx.tenantId, environment: "sandbox", practiceId },
    ]);
    await runJobs("key-rejected-mail");

    for (const memberRole of ["owner", "admin", "developer"] as const) {
      const [message, ...otherMessages] = await listEmails(members[memberRole]);
      expect(otherMessages).toEqual([]);
      expect(message?.to).toBe(members[memberRole]);
      expect(message?.subject).toBe(`${name} needs a new Hero API key`);
      expect(message?.text).toContain(`ends in ${apiKey.slice(-4)}`);
      expect(message?.links).toEqual([
        `http://localhost:3000/${tenant.slug}/sandbox/practices/${practiceId}`,
      ]);
      expect(JSON.stringify(message)).not.toContain(apiKey.slice(0, -4));
    }
    expect(await listEmails(tenant.owner.email)).toHaveLength(1);
    for (const memberRole of ["operator", "viewer", "auditor"] as const) {
      expect(await listEmails(members[memberRole])).toEqual([]);
    }
    // The other organisation has the same key and notices by its own call.
    expect(await listEmails(other.owner.email)).toEqual([]);
  });

  it("one email is sent, however many calls are rejected", async () => {
    await injectFault({ operation: "getPracticeGroupById", key: apiKey, status: 401, times: 9 });
    await Promise.all([1, 2, 3].map(() => testPracticeNow(ctx, { practiceId })));
    await testPracticeNow(ctx, { practiceId });
    expect(await listJobs("key-rejected-mail")).toHaveLength(1);
    const rows = await superuser`
      select 1 from audit_events where tenant_id = ${ctx.tenantId} and action = 'credential.rejected'`;
    expect(rows).toHaveLength(1);
    await runJobs("key-rejected-mail");
    expect(await listEmails(tenant.owner.email)).toHaveLength(1);
  });

  it("any call notices a rejected key, not only the probe", async () => {
    await rejectOnce("listLocations");
    await expect(getBookingOptions(ctx, { practiceId })).rejects.toMatchObject({
      code: "unauthorised",
    });
    expect(await runJobs("key-rejected-mail")).toBe(1);
    expect(await listEmails(tenant.owner.email)).toHaveLength(1);
  });

  it("no email is sent when the key works again or the practice is gone", async () => {
    await rejectOnce("getPracticeGroupById");
    await testPracticeNow(ctx, { practiceId });
    await testPracticeNow(ctx, { practiceId });
    await runJobs("key-rejected-mail");
    await rejectOnce("getPracticeGroupById");
    await testPracticeNow(ctx, { practiceId });
    await disconnectPractice(ctx, { practiceId });
    await runJobs("key-rejected-mail");
    expect(await listEmails(tenant.owner.email)).toEqual([]);
  });

  it("c16: disabled people and former members get no email", async () => {
    const members = await createMembers();
    await db.shared
      .update(users)
      .set({ disabledAt: new Date() })
      .where(eq(users.email, members.admin));
    await superuser`
      delete from memberships where user_id = (select id from users where email = ${members.developer})`;
    expect(await db.shared.select({ role: memberships.role }).from(memberships)).toEqual([]);
    await rejectOnce("getPracticeGroupById");
    await testPracticeNow(ctx, { practiceId });
    await runJobs("key-rejected-mail");
    expect(await listEmails(members.owner)).toHaveLength(1);
    expect(await listEmails(members.admin)).toEqual([]);
    expect(await listEmails(members.developer)).toEqual([]);
  });

  it("a rolled-back rejection leaves neither row nor job", async () => {
    await connectWithFailure();
    await rejectOnce("getPracticeGroupById");
    await expect(testPracticeNow(ctx, { practiceId })).rejects.toThrow();
    await recover();
    expect(await listJobs("key-rejected-mail")).toEqual([]);
    const [row] = await superuser`
      select state from credentials where tenant_id = ${ctx.tenantId}`;
    expect(row?.state).toBe("working");
  });
});

async function connectWithFailure() {
  await superuser.unsafe(`
    create function fail_here() returns trigger language plpgsql as
      $$ begin if new.action = 'credential.rejected' then raise exception 'broken'; end if;
         return new; end $$;
    create trigger fail_here before insert on audit_events
      for each row execute function fail_here();`);
}
async function recover() {
  await superuser.unsafe(`drop trigger fail_here on audit_events; drop function fail_here();`);
}
