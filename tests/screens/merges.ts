import { randomUUID } from "node:crypto";
import type { BrowserContext } from "@playwright/test";
import type { App } from "../e2e/fixtures";
import { createPair, signInAs } from "../e2e/support/merges";
import { expectHeading, openAt, type Screenshot } from "./screenshot";

/**
 * The screens of merges, as an admin of the demo organisation sees them in `context`; its owner, in
 * another one, requested two.
 */
export async function mergeScreenshots(
  app: App,
  ownerContext: BrowserContext,
  context: BrowserContext,
): Promise<Screenshot[]> {
  const { portal, practice, path, page } = await signInAs(app, ownerContext, "owner");
  await page.close();
  const second = await signInAs(app, context, "admin");
  await second.page.close();
  const createRecords = () => createPair(app, practice.practiceGroupId, "mergeable");
  const request = async () => {
    const { patientId, otherPatientId } = await createRecords();
    const records = { practiceId: practice.id, patientId, otherPatientId };
    const preview = await portal.merges.preview.mutate(records);
    if (preview.outcome !== "can_be_merged") throw new Error("The records cannot be merged.");
    const { previewFingerprint } = preview;
    return portal.merges.request.mutate({
      operationId: randomUUID(),
      ...records,
      previewFingerprint,
    });
  };
  const refused = await request();
  await second.portal.merges.refuse.mutate({
    mergeId: refused.id,
    reason: "The practice is asking the patient first.",
  });
  const waiting = await request();
  const records = await createRecords();
  return [
    { name: "merges", open: openAt(`${path}/merges`, "Merges"), maxHeight: 900 },
    {
      name: "merge-decide",
      maxHeight: 900,
      open: async (page) => {
        await page.goto(`${path}/merges/${waiting.id}`);
        await page.getByRole("button", { name: "Compare records" }).click();
        await page.getByRole("button", { name: "Approve and merge" }).waitFor();
      },
    },
    {
      name: "patient-merge",
      maxHeight: 900,
      open: async (page) => {
        await page.goto(`${path}/patients/${practice.id}/${records.patientId}/merge`);
        await page.getByLabel("Hero patient ID of the other record").fill(records.otherPatientId);
        await page.getByRole("button", { name: "Compare records" }).click();
        await expectHeading(page, "Request the merge");
      },
    },
  ];
}
