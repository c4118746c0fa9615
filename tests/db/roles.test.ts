import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateDatabase } from "@/db/migrate";
import { type EmbeddedPostgres, startPostgres } from "@/scripts/postgres";
import {
  requireNoPendingMigrations,
  requireServingRole,
  prepareRoles,
  withDatabase,
  withLogin,
} from "@/scripts/roles";

// Its own server, because roles belong to the whole server.
const folder = mkdtempSync(join(tmpdir(), "portal-roles-"));
const superuserPassword = "superuser for this file";
const fallbackPassword = "where the login has none";
const hostedPassword = "p@ss/w:rd %";
let server: EmbeddedPostgres;
let superuser: Sql;

const startServer = () => startPostgres({ folder, superuserPassword, isDurable: false });
const urlFor = (user: string, password: string, database: string) =>
  withLogin(withDatabase(server.superuserUrl(), database), user, password);
const hosted = (database: string) => urlFor("hosted", hostedPassword, database);

beforeAll(async () => {
  server = await startServer();
  superuser = postgres(server.superuserUrl(), { max: 1, onnotice: () => undefined });
  await superuser.unsafe(`create role hosted login createrole password '${hostedPassword}'`);
  await superuser.unsafe("create role plain login password 'plain'");
  await superuser.unsafe("create database owned owner hosted");
  await superuser.unsafe("create database others");
});

afterAll(async () => {
  await superuser.end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("the roles of the database", () => {
  it("a login that may create roles creates them without being a superuser", async () => {
    const options = { databaseUrl: hosted("owned"), fallbackPassword };
    const [addresses] = await Promise.all([1, 2, 3].map(() => prepareRoles(options)));
    await migrateDatabase(addresses?.ownerUrl ?? "");
    await requireServingRole(addresses?.servingUrl ?? "");
    const roles = await superuser`
      select rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin
      from pg_roles where rolname in ('portal_owner', 'portal_app') order by rolname`;
    const unprivileged = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreatedb: false,
      rolcreaterole: false,
      rolcanlogin: true,
    };
    expect([...roles]).toEqual([
      { rolname: "portal_app", ...unprivileged },
      { rolname: "portal_owner", ...unprivileged },
    ]);
  });

  it("the serving role owns nothing", async () => {
    const sql = postgres(server.superuserUrl("owned"), { max: 1 });
    const ownedObjects = await sql`
      select relname from pg_class where relowner = 'portal_app'::regrole`;
    await sql.end();
    expect([...ownedObjects]).toEqual([]);
  });

  it("the serving role is enough once no migration is pending", async () => {
    const { servingUrl } = await prepareRoles({ databaseUrl: hosted("owned"), fallbackPassword });
    const servingOnly = await prepareRoles({ databaseUrl: servingUrl, fallbackPassword });
    expect(servingOnly).toEqual({ servingUrl, ownerUrl: undefined });
    await requireNoPendingMigrations(servingUrl);
  });

  it("a superuser lets the environment be an index condition, and other logins leave it", async () => {
    const isMarked = async (database: string) => {
      const sql = postgres(server.superuserUrl(database), { max: 1 });
      const [row] = await sql<{ isLeakproof: boolean }[]>`
        select proleakproof as "isLeakproof" from pg_proc where proname = 'enum_eq'`;
      await sql.end();
      return row?.isLeakproof;
    };
    await prepareRoles({ databaseUrl: hosted("owned"), fallbackPassword });
    expect(await isMarked("owned")).toBe(false);
    await superuser.unsafe("create database marked");
    const databaseUrl = server.superuserUrl("marked");
    await Promise.all([1, 2, 3].map(() => prepareRoles({ databaseUrl, fallbackPassword })));
    expect(await isMarked("marked")).toBe(true);
  });

  it("the operator's serving password is kept when an admin login is given", async () => {
    const databaseUrl = urlFor("portal_app", "chosen:by/us", "others");
    const adminUrl = server.superuserUrl("others");
    const prepared = await prepareRoles({ databaseUrl, adminUrl, fallbackPassword });
    expect(prepared.servingUrl).toBe(databaseUrl);
    await migrateDatabase(prepared.ownerUrl ?? "");
    await requireServingRole(databaseUrl);
  });

  it("c1: a role that bypasses row-level security is rejected for serving", async () => {
    await expect(requireServingRole(server.superuserUrl("owned"))).rejects.toThrow(/row-level/);
    await expect(requireServingRole(urlFor("plain", "plain", "owned"))).rejects.toThrow(
      /portal_app/,
    );
  });

  it.each([
    ["DATABASE_URL was rejected", () => urlFor("hosted", "wrong", "owned"), undefined],
    ["DATABASE_URL names a database that does not exist", () => hosted("absent"), undefined],
    ["DATABASE_URL names a server that", () => "postgres://a:b@127.0.0.1:1/c", undefined],
    ["DATABASE_URL must sign in as portal_app", () => hosted("owned"), () => server.superuserUrl()],
    [
      "DATABASE_ADMIN_URL signs in as",
      () => hosted("owned"),
      () => urlFor("plain", "plain", "owned"),
    ],
  ])(
    "a wrong database setting is explained in one sentence: %s",
    async (sentence, databaseUrl, adminUrl) => {
      const options = { databaseUrl: databaseUrl(), adminUrl: adminUrl?.(), fallbackPassword };
      const rejection = prepareRoles(options);
      await expect(rejection).rejects.toThrow(sentence);
      await expect(rejection).rejects.not.toThrow(hostedPassword);
    },
  );

  it("the missing address is named when migrations are pending", async () => {
    await expect(requireNoPendingMigrations(urlFor("plain", "plain", "postgres"))).rejects.toThrow(
      /^DATABASE_OWNER_URL is not set/,
    );
  });
});

describe("the embedded PostgreSQL", () => {
  it("a new embedded PostgreSQL replaces one left running, with its data", async () => {
    await superuser.unsafe("create table kept (n int)");
    const remaining = server;
    server = await startServer();
    await superuser.end();
    superuser = postgres(server.superuserUrl(), { max: 1, onnotice: () => undefined });
    expect(remaining.process.exitCode ?? remaining.process.signalCode).not.toBeNull();
    expect(await superuser`select count(*)::int as n from kept`).toEqual([{ n: 0 }]);
  });

  it("the embedded PostgreSQL listens on this machine only and needs a password", async () => {
    const [row] = await superuser`show listen_addresses`;
    expect(row?.listen_addresses).toBe("127.0.0.1");
    await expect(
      prepareRoles({ databaseUrl: urlFor("postgres", "wrong", "postgres"), fallbackPassword }),
    ).rejects.toThrow("DATABASE_URL was rejected");
  });
});
