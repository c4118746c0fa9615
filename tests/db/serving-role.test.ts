import { describe, expect, it } from "vitest";
import { connectAsApp, connectAsSuperuser } from "../setup/database";

const superuser = connectAsSuperuser();
const app = connectAsApp();

const permissionDenied = { code: "42501" };

describe("c1: the serving role", () => {
  it("the serving role is not a superuser, bypasses nothing and cannot create roles or databases", async () => {
    const [role] = await superuser`
      select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication
      from pg_roles where rolname = 'portal_app'`;
    expect(role).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
    });
    expect((await app`select current_user as name, session_user as session`)[0]).toEqual({
      name: "portal_app",
      session: "portal_app",
    });
  });

  it("the serving role is not a member of another role and cannot become one", async () => {
    const memberships = await superuser`
      select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid
      where m.member = 'portal_app'::regrole`;
    expect(memberships).toEqual([]);
    await expect(app`set role portal_owner`).rejects.toMatchObject(permissionDenied);
    await expect(app`set session authorization postgres`).rejects.toMatchObject(permissionDenied);
  });

  it("a look-up by key uses the environment as an index condition under row-level security", async () => {
    const id = "01900000-0000-7000-8000-000000000001";
    const plan = await app.begin(async (tx) => {
      await tx`select set_config('app.tenant_id', ${id}, true), set_config('enable_seqscan', 'off', true)`;
      return tx`explain select from links
        where tenant_id = ${id} and environment = 'sandbox' and id = ${id}`;
    });
    const conditions = plan
      .map((line) => String(line["QUERY PLAN"]))
      .filter((line) => /Index Cond/.test(line));
    expect(conditions.join()).toContain("environment = 'sandbox'::environment");
  });

  it("the serving role owns nothing in the database", async () => {
    const ownedObjects = await superuser`
      select classid::regclass::text as kind, objid from pg_shdepend
      where refobjid = 'portal_app'::regrole and deptype = 'o'
        and dbid = (select oid from pg_database where datname = current_database())`;
    expect(ownedObjects).toEqual([]);
  });

  it.each([
    "create table public.own (id int)",
    "create table pgboss.own (id int)",
    "create table drizzle.own (id int)",
    "create schema own",
    "create function public.own() returns int language sql as 'select 1'",
    "alter table links disable row level security",
    "alter table links no force row level security",
    "drop policy tenant_only on links",
    "alter table audit_events disable trigger all",
    "drop table links",
    "truncate links",
    "set session_replication_role = replica",
    "select rolpassword from pg_authid",
    "delete from drizzle.__drizzle_migrations",
  ])("the serving role cannot: %s", async (statement) => {
    await expect(app.unsafe(statement)).rejects.toMatchObject(permissionDenied);
  });

  it("the serving role has no rights on single partitions, which have no policy", async () => {
    const partitions = await superuser`
      select relname, has_any_column_privilege('portal_app', oid, 'select, insert, update')
        or has_table_privilege('portal_app', oid, 'select, insert, update, delete, truncate') as "isOpen"
      from pg_class where relispartition and relkind = 'r' and relnamespace = 'public'::regnamespace`;
    expect(partitions.length).toBeGreaterThan(8);
    expect(partitions.filter(({ isOpen }) => isOpen)).toEqual([]);
    await expect(app`select 1 from audit_events_rest`).rejects.toMatchObject(permissionDenied);
  });

  it("the serving role can delete no tenant rows, and change only what the product changes", async () => {
    const grants = await superuser<{ table: string; right: string }[]>`
      select c.relname as table, p.right
      from pg_class c, unnest(array['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) p("right")
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and has_table_privilege('portal_app', c.oid, p.right)`;
    const accountTables = ["email_tokens", "hero_limits", "passwords", "rate_limits", "sessions"];
    const fullAccess = [...accountTables, "users", "workers"].flatMap((table) => [
      `DELETE ${table}`,
      `UPDATE ${table}`,
    ]);
    const scriptTables = ["element_scripts", "element_script_versions"];
    const updatableTables = ["api_keys", "bulk_uploads", "credentials", "links", "practices"];
    const elementTables = ["element_reports", "element_secrets", "element_sessions", "placements"];
    const patientTables = [
      "appointment_changes",
      "appointments",
      "approvals",
      "patient_connections",
      "patient_merges",
      "patient_non_matches",
      "patient_registrations",
      "replaced_patients",
    ];
    const messageTables = [
      "message_attachments",
      "message_batches",
      "message_recipients",
      "message_settings",
      "message_templates",
      "messages",
    ];
    const webhookTables = [
      "destination_secrets",
      "destinations",
      "event_sending_attempts",
      "event_sendings",
      "link_appointments",
      "webhook_checks",
      "webhook_deliveries",
      "webhook_endpoint_hours",
      "webhook_endpoints",
      "webhook_objects",
      "webhook_registrations",
    ];
    // Only rows that need no record: saved views, search terms, processed rows, practices of a placement,
    // ended sessions, old deliveries, their counts and events, and decisions about records that a person takes back.
    const deletableTables = [
      "bulk_upload_rows",
      "destination_secrets",
      "element_secrets",
      "element_sessions",
      "event_sending_attempts",
      "event_sendings",
      "events",
      "webhook_deliveries",
      "webhook_endpoint_hours",
      "webhook_objects",
      "link_search_terms",
      "patient_non_matches",
      "replaced_patients",
      "saved_link_views",
      "sensitive_contacts",
      "placement_practices",
    ];
    expect(grants.map(({ table, right }) => `${right} ${table}`).sort()).toEqual(
      [
        ...fullAccess,
        ...[
          ...updatableTables,
          ...elementTables,
          ...patientTables,
          ...messageTables,
          ...scriptTables,
          ...webhookTables,
          "bulk_upload_rows",
          "saved_link_views",
        ].map((table) => `UPDATE ${table}`),
        ...deletableTables.map((table) => `DELETE ${table}`),
      ].sort(),
    );
  });
});

describe("functions with their owner's rights", () => {
  it("a function with its owner's rights names its search path and only the serving role can call it", async () => {
    const functions = await superuser<{ name: string; config: string[]; isPublic: boolean }[]>`
      select proname as name, proconfig as config,
        has_function_privilege('public', p.oid, 'execute') as "isPublic"
      from pg_proc p join pg_namespace n on n.oid = pronamespace
      where prosecdef and nspname not like 'pg\\_%' and nspname <> 'information_schema'
      order by 1`;
    expect(functions.map(({ name }) => name)).toEqual([
      "ensure_partitions",
      "find_api_key",
      "find_change_batch_range",
      "find_element_secret",
      "find_organisations",
      "find_placement",
      "find_scope",
      "find_webhook_endpoints",
      "find_webhook_owners",
      "is_placement_origin",
      "list_bulk_uploads_to_sweep",
      "list_connected_practices",
      "list_event_sending_work",
      "list_message_work",
      "list_tenants",
      "list_webhook_work",
      "read_change_batches",
      "send_changes",
    ]);
    for (const procedure of functions) {
      expect(procedure).toMatchObject({ config: ["search_path=public, pg_temp"], isPublic: false });
    }
  });

  it("a function with its owner's rights cannot be misled by the caller's temporary tables", async () => {
    const connection = await app.reserve();
    try {
      await connection`create temporary table sessions (like public.sessions)`;
      await connection`create temporary table users (like public.users)`;
      await connection`insert into pg_temp.users values
        ('0198f5a2-0000-7000-8000-000000000001', 'a@example.com', 'A', now(), null, now())`;
      await connection`insert into pg_temp.sessions values
        ('0198f5a2-0000-7000-8000-000000000002', 'forged', '0198f5a2-0000-7000-8000-000000000001',
         now(), now(), now() + interval '1 day', null)`;
      const procedures = await connection`
        select * from find_scope('forged'::bytea, 'any', now(), interval '1 hour')`;
      expect(procedures).toEqual([]);
    } finally {
      await connection`discard temporary`;
      connection.release();
    }
  });
});
