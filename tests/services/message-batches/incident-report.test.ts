import { expect, it } from "vitest";
import { csvByteOrderMark } from "@/server/schemas/csv";
import { NotFoundError } from "@/server/errors";
import { stopBatch } from "@/server/services/message-batches/control";
import { exportIncidentReport } from "@/server/services/message-batches/incident-report";
import { changePatient } from "../../support/hero";
import { createMessageTenants, listActions, releaseAll, superuser } from "../messages/support";
import { advance, createPatients, createReadyBatch, startNow } from "./sending-support";

const practiceGroupId = "20533";

it("the report names who was reached by Hero's IDs, who did what, and nothing of the text or a patient", async () => {
  const { own, other } = await createMessageTenants(practiceGroupId);
  const patientIds = await createPatients(practiceGroupId, 3);
  await changePatient(patientIds[0] ?? "", { lastName: "Kanarienvogel", mobile: "07700 900622" });
  const batchId = await createReadyBatch(own, patientIds, { name: '=HYPERLINK("x")' });
  await startNow(own, batchId);
  await advance(own);
  await superuser`update messages set leased_until = now() + interval '1 hour'
    where batch_id = ${batchId} and row_number > 2`;
  await releaseAll(own);
  await stopBatch(own.ctx, { batchId });

  await expect(exportIncidentReport(other.ctx, { batchId })).rejects.toBeInstanceOf(NotFoundError);
  const { fileName, chunks } = await exportIncidentReport(own.ctx, { batchId });
  let report = "";
  for await (const chunk of chunks) report += chunk;
  expect(fileName).toBe(`incident-report-${batchId}.csv`);
  expect(report.startsWith(csvByteOrderMark)).toBe(true);
  const lines = report.slice(1).split("\r\n");
  const [message] = await superuser<{ id: string }[]>`
    select hero_message_id as id from messages where batch_id = ${batchId} and row_number = 2`;
  expect(lines[0]).toBe(`Batch,"'=HYPERLINK(""x"")"`);
  for (const line of ["Recipients,3", "Sent,1", "Not sent,2", "Unknown,0", "State,stopped"]) {
    expect(lines).toContain(line);
  }
  const rows = lines.slice(lines.findIndex((line) => line.startsWith("row_number")) + 1);
  expect(rows[0]).toMatch(
    new RegExp(`^2,${patientIds[0]},0,sent,,sms,,${message?.id},20.+Z,20.+Z,$`),
  );
  expect(rows[1]).toMatch(new RegExp(`^3,${patientIds[1]},0,cancelled,`));
  expect(rows.filter((row) => row !== "")).toHaveLength(3);
  for (const secret of ["Kanarienvogel", "900622", "Please ring us"]) {
    expect(report).not.toContain(secret);
  }
  expect((await listActions(batchId)).at(-1)).toBe("message_batch.report_downloaded");
});
