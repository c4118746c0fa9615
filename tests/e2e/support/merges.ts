import type { BrowserContext } from "@playwright/test";
import { z } from "zod";
import type { App } from "../fixtures";
import { createApiClient, signIn } from "./people";

const recordSchema = z.object({ patientId: z.string(), searchNhsNumber: z.string() });
const pairSchema = z.object({ patients: z.tuple([recordSchema]).rest(recordSchema) });

/** Two new records of one of the sandbox's cases. */
export async function createPair(app: App, practiceGroupId: string, name: string) {
  const reply = await fetch(`${app.demo.sandboxUrl}/_sandbox/patient-cases`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ practiceGroupId, name }),
  });
  const [first, second] = pairSchema.parse(await reply.json()).patients;
  if (!second) throw new Error("The case has one record.");
  return {
    patientId: first.patientId,
    otherPatientId: second.patientId,
    nhsNumber: first.searchNhsNumber,
  };
}

/** A member of the demo organisation, the only one with two people who may merge; its first practice. */
export async function signInAs(app: App, context: BrowserContext, role: "owner" | "admin") {
  const [tenant] = app.demo.tenants;
  const user = tenant?.users.find((candidate) => candidate.role === role);
  if (!tenant || !user) throw new Error(`The demo has no ${role}.`);
  const page = await context.newPage();
  await signIn(page, user);
  const portal = (await createApiClient(context, app.url)).portal(tenant.slug);
  const [practice] = await portal.practices.list.query();
  if (!practice) throw new Error("The demo has no practice.");
  return { page, practice, portal, path: `/${tenant.slug}/sandbox` };
}
