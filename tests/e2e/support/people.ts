import { randomUUID } from "node:crypto";
import type { BrowserContext, Page } from "@playwright/test";
import { createTRPCClient, httpLink } from "@trpc/client";
import type { AccountRouter, PortalRouter } from "@/server/routers/root";
import type { SandboxClient } from "./sandbox";

export type Person = { name: string; email: string; password: string };

/** A new person. */
export function createPersonDetails(name = "Petra Probe"): Person {
  return {
    name,
    email: `petra-${randomUUID()}@test.example`,
    password: `quite long words ${randomUUID().slice(0, 8)}`,
  };
}

/** Signs in with the form. */
export async function signIn(page: Page, { email, password }: Omit<Person, "name">): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

const createAccountClient = (portalUrl: string, headers: Record<string, string> = {}) =>
  createTRPCClient<AccountRouter>({
    links: [httpLink({ url: `${portalUrl}/api/trpc/account`, headers })],
  });

/** Signs up and verifies the address by API. */
export async function signUpByApi(portalUrl: string, sandbox: SandboxClient, person: Person) {
  const account = createAccountClient(portalUrl);
  const { email, password } = person;
  await account.signUp.mutate(person);
  const { links } = await sandbox.waitForEmail(email, /^Confirm/);
  const token = links
    .map((link) => new URL(link).searchParams.get("token"))
    .find((value) => value !== null);
  if (!token) throw new Error("The mail holds no link to verify the address with.");
  await account.verifyEmail.mutate({ token, password });
}

export type ApiClient = Awaited<ReturnType<typeof createApiClient>>;

/** Calls procedures with the session of this browser. */
export async function createApiClient(context: BrowserContext, portalUrl: string) {
  const cookies = await context.cookies(portalUrl);
  const headers = { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") };
  return {
    account: createAccountClient(portalUrl, headers),
    portal: (tenant: string) =>
      createTRPCClient<PortalRouter>({
        links: [httpLink({ url: `${portalUrl}/api/trpc/${tenant}/sandbox`, headers })],
      }),
  };
}
