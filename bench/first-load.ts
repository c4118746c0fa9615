import { randomUUID } from "node:crypto";
import { globSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { startBenchEnvironment, createTenant } from "./harness";

/**
 * JavaScript of the first load of every screen: every script in the page's HTML, from the production build,
 * gzipped at level 9, in KiB, and as a ratio to what all screens share, such as React and Next's runtime.
 * Lists the scripts of screens above their limit, and fails if there are any.
 *
 * Run `npm run bench:first-load` on a built checkout.
 */

const maxKiB = 175;
const lowerLimits: Record<string, number> = {
  "/sign-in": 140,
  "/[tenant]/[environment]/links": 170,
};
const signedOutRoutes = [
  "/sign-in",
  "/sign-up",
  "/forgot-password",
  "/reset-password",
  "/verify-email",
];
/** Only redirects. */
const homeRoute = "/";
/** Without these, the page shows less. */
const queries: Record<string, string> = {
  "/reset-password": "?token=example",
  "/verify-email": "?token=example",
  "/[tenant]/[environment]/links/new": "?practice=[practiceId]",
};

async function listScripts(url: string, cookie: string): Promise<string[]> {
  const reply = await fetch(url, { headers: cookie ? { cookie } : {}, redirect: "manual" });
  if (reply.status !== 200) throw new Error(`${url} returned ${reply.status}.`);
  const html = await reply.text();
  // Only old browsers load `nomodule` scripts.
  const tags = html.match(/<script[^>]+src="[^"]+"[^>]*>/g) ?? [];
  const sources = tags
    .filter((tag) => !/nomodule/i.test(tag))
    .map((tag) => /src="([^"]+)"/.exec(tag)?.[1] ?? "");
  return [...new Set(sources)];
}

/** The values for the parameters in routes, such as `[linkId]`. */
async function createExamples(tenant: Awaited<ReturnType<typeof createTenant>>) {
  const { createOrganisation } = await import("../server/services/organisations");
  const { createPlacement } = await import("../server/services/placements/save");
  const { createBulkUpload } = await import("../server/services/bulk-uploads/create");
  const { createMessageBatch } = await import("../server/services/message-batches/create");
  const { createMessageBatchInput } = await import("../server/schemas/message-batches");
  const { resolveTenantContext } = await import("../server/tenancy/session");
  const { db } = await import("../db/client");
  const { insertPatientRows } = await import("../tests/support/patient-rows");
  const { insertWebhookRows } = await import("../tests/support/webhook-rows");
  const { insertMessageRows } = await import("../tests/support/message-rows");
  const requestSource = { requestId: "bench", clientAddress: "bench" };
  // With one organisation, its list redirects.
  await createOrganisation(
    {
      userId: tenant.userId,
      name: "Bench Person",
      email: "bench@example.com",
      sessionId: "bench",
      ...requestSource,
    },
    { name: "Bench two", slug: "bench-two" },
  );
  const { tenant: context } = await resolveTenantContext(
    tenant.token,
    { tenant: tenant.slug, environment: "sandbox" },
    "bench",
  );
  const placement = await createPlacement(context, {
    name: "Bench",
    element: "hh-message-builder",
    practiceIds: [tenant.practiceId],
    origins: [],
    attributes: {},
    theme: null,
  });
  const bulkUpload = await createBulkUpload(context, {
    operationId: randomUUID(),
    name: "Bench",
    kind: "booking",
    rowCount: 1,
    columns: {},
  });
  const patientId = "1";
  const { appointmentId, mergeId } = await insertPatientRows(context, tenant.practiceId, {
    patientId,
  });
  const webhookIds = await insertWebhookRows(context, tenant.practiceId, tenant.firstLinkId);
  const messageIds = await insertMessageRows(context, tenant.practiceId);
  const batch = await createMessageBatch(
    context,
    createMessageBatchInput.parse({
      operationId: randomUUID(),
      name: "Bench",
      practiceId: tenant.practiceId,
      channel: "note",
      text: "Please ring us.",
      rowCount: 1,
    }),
  );
  await db.close();
  return {
    ...webhookIds,
    ...messageIds,
    patientId,
    appointmentId,
    mergeId,
    tenant: tenant.slug,
    environment: "sandbox",
    practiceId: tenant.practiceId,
    linkId: tenant.firstLinkId,
    placementId: placement.id,
    bulkUploadId: bulkUpload.id,
    batchId: batch.id,
  };
}

const environment = await startBenchEnvironment();
try {
  const tenant = await createTenant(50);
  const examples: Record<string, string> = await createExamples(tenant);
  await environment.analyze();
  const routes = globSync("app/**/page.tsx")
    .map((file) => file.slice("app".length, -"/page.tsx".length) || homeRoute)
    .filter((route) => route !== homeRoute)
    .toSorted();
  const screens: { route: string; scripts: string[]; limit: number }[] = [];
  for (const route of routes) {
    const path = `${route}${queries[route] ?? ""}`.replaceAll(
      /\[(\w+)\]/g,
      (_, name: string) => examples[name] ?? name,
    );
    const cookie = signedOutRoutes.includes(route) ? "" : `portal-session=${tenant.token}`;
    const scripts = await listScripts(`${environment.portalUrl}${path}`, cookie);
    screens.push({ route, scripts, limit: lowerLimits[route] ?? maxKiB });
  }
  const sizes = new Map<string, number>();
  for (const source of new Set(screens.flatMap(({ scripts }) => scripts))) {
    const bytes = await (await fetch(`${environment.portalUrl}${source}`)).arrayBuffer();
    sizes.set(source, gzipSync(Buffer.from(bytes), { level: 9 }).length / 1024);
  }
  const total = (scripts: string[]) =>
    scripts.reduce((sum, source) => sum + (sizes.get(source) ?? 0), 0);
  const sharedKiB = total(
    [...sizes.keys()].filter((source) => screens.every(({ scripts }) => scripts.includes(source))),
  );
  process.stdout.write(`shared by all screens: ${sharedKiB.toFixed(1)} KiB\n`);
  for (const { route, scripts, limit } of screens) {
    const size = total(scripts);
    const isTooLarge = size > limit;
    process.stdout.write(
      `${route}: ${size.toFixed(1)} KiB (${isTooLarge ? "ABOVE" : "at most"} ${limit}), ${(size / sharedKiB).toFixed(2)} of what is shared\n`,
    );
    if (!isTooLarge) continue;
    process.exitCode = 1;
    for (const source of scripts) {
      process.stdout.write(`  ${(sizes.get(source) ?? 0).toFixed(1).padStart(6)}  ${source}\n`);
    }
  }
} finally {
  await environment.stop();
}
process.exit();
