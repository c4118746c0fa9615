import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { getCredentials, Sandbox } from "./support";

const linkSchema = z.object({ attachment_link: z.url() });
const caseSchema = z.object({ patients: z.array(z.object({ patientId: z.string() })) });
const filesSchema = z.object({ data: z.array(z.object({ id: z.string(), name: z.string() })) });

let sandbox: Sandbox;
let own: { key: string; groupId: string };
let file: { id: string; name: string };

beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.reset();
  await sandbox.callControl("POST", "/_sandbox/clock", { now: "2027-03-01T07:00:00Z" });
  own = getCredentials(await sandbox.listPractices(), "Northgate Surgery");
  const created = await sandbox.callControl("POST", "/_sandbox/patient-cases", {
    practiceGroupId: own.groupId,
    name: "attachments",
  });
  const [patient] = caseSchema.parse(created).patients;
  const path = `/v1/patients/${patient?.patientId}/attachments`;
  const [first] = filesSchema.parse((await sandbox.callApi("GET", path, own)).body).data;
  if (!first) throw new Error("The patient has no file.");
  file = first;
});

async function createLink(fields: Record<string, unknown> = {}): Promise<string> {
  const body = { ehr_file_id: file.id, ...fields };
  const reply = await sandbox.callApi("POST", "/v1/attachment_links", { ...own, body });
  return new URL(linkSchema.parse(reply.body).attachment_link).pathname;
}

const open = async (path: string) => {
  const response = await fetch(`${sandbox.url}${path}`);
  return { status: response.status, text: await response.text() };
};

it("the link to a file opens a page with its name, as often as it allows", async () => {
  const path = await createLink({ maximum_use_count: 1 });
  const first = await open(path);
  expect(first).toMatchObject({ status: 200, text: expect.stringContaining(file.name) });
  expect(first.text).toContain("Northgate Surgery");
  expect(await open(path)).toMatchObject({
    status: 410,
    text: expect.stringContaining("This link has been used"),
  });
});

it("a link to a file ends with its last day", async () => {
  const path = await createLink({ expiry_date: "2027-03-02" });
  await sandbox.callControl("POST", "/_sandbox/clock", { now: "2027-03-02T23:59:00Z" });
  expect(await open(path)).toMatchObject({ status: 200 });
  await sandbox.callControl("POST", "/_sandbox/clock", { now: "2027-03-03T00:01:00Z" });
  expect(await open(path)).toMatchObject({
    status: 410,
    text: expect.stringContaining("This link has expired"),
  });
});

it("an unknown address opens no file", async () => {
  expect(await open("/a/unknown")).toMatchObject({
    status: 404,
    text: expect.stringContaining("We cannot find this page"),
  });
});
