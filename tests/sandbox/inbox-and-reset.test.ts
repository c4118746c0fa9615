import { createTransport } from "nodemailer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { getCredentials, Sandbox } from "./support";

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());

const emailsSchema = z.array(
  z.object({
    id: z.string(),
    to: z.string(),
    from: z.string(),
    subject: z.string(),
    text: z.string(),
    html: z.string(),
    receivedAt: z.iso.datetime(),
    links: z.array(z.string()),
  }),
);

async function sendEmail(to: string, subject: string): Promise<void> {
  const transport = createTransport({ host: "127.0.0.1", port: sandbox.smtpPort, secure: false });
  await transport.sendMail({
    from: "Portal <portal@example.com>",
    to,
    subject,
    text: "Open http://localhost:3000/verify?token=abc&x=1.",
    html: '<p onclick="alert(1)"><script>alert(2)</script><a href="http://localhost:3000/verify?token=abc&amp;x=1">Open</a></p>',
  });
  transport.close();
}

describe("the inbox", () => {
  it("the inbox lists emails newest first, by recipient, with their links", async () => {
    await sendEmail("one@example.com", "First");
    await sendEmail("two@example.com", "Second");
    const all = emailsSchema.parse(await sandbox.callControl("GET", "/inbox.json"));
    expect(all.map((email) => email.subject)).toEqual(["Second", "First"]);
    const ownEmails = emailsSchema.parse(
      await sandbox.callControl("GET", "/inbox.json?to=ONE%40example.com"),
    );
    expect(ownEmails).toMatchObject([
      {
        to: "one@example.com",
        subject: "First",
        links: ["http://localhost:3000/verify?token=abc&x=1"],
      },
    ]);
  });

  it("the inbox shows an email without running anything in it", async () => {
    const [email] = emailsSchema.parse(await sandbox.callControl("GET", "/inbox.json"));
    const page = await fetch(`${sandbox.url}/inbox/${email?.id}`);
    const html = await page.text();
    expect(html).toContain('href="http://localhost:3000/verify?token=abc&amp;x=1"');
    expect(html).not.toContain("<script>");
    const frame = await fetch(`${sandbox.url}/inbox/${email?.id}/html`);
    expect(frame.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(frame.headers.get("content-security-policy")).toMatch(/sandbox allow-popups/);
    expect(frame.headers.get("content-security-policy")).not.toContain("allow-scripts");
  });

  it("the inbox can be emptied", async () => {
    await sandbox.callControl("DELETE", "/inbox.json");
    expect(await sandbox.callControl("GET", "/inbox.json")).toEqual([]);
  });
});

describe("a reset", () => {
  async function readState() {
    const own = getCredentials(await sandbox.listPractices(), "Riverside Surgery");
    await sandbox.callControl("POST", "/_sandbox/clock", { now: "2027-03-01T07:00:00Z" });
    const paths = ["/v1/appointment_types", "/v1/slots?page_size=100", "/v1/patients", "/v1/forms"];
    const replies = await Promise.all(
      paths.map(async (path) => (await sandbox.callApi("GET", path, own)).body),
    );
    const created = await sandbox.callApi("POST", "/v1/booking_links", {
      ...own,
      body: { appointment_type_id: "10501", location_id: "20501" },
    });
    return {
      replies,
      firstLinkId: z.object({ id: z.string() }).parse(created.body).id,
      practices: await sandbox.listPractices(),
      patients: await sandbox.listPatients(),
    };
  }

  it("a reset restores exactly the initial state, as in a new process", async () => {
    await sandbox.reset();
    const first = await readState();
    await sandbox.callControl("POST", "/_sandbox/faults", {
      operation: "*",
      status: 500,
      times: 9,
    });
    await sandbox.reset();
    expect(await sandbox.callControl("GET", "/_sandbox/links")).toEqual([]);
    expect(await readState()).toEqual(first);
    const other = await Sandbox.start();
    try {
      expect(await other.listPractices()).toEqual(first.practices);
      expect(await other.listPatients()).toEqual(first.patients);
    } finally {
      await other.stop();
    }
  });

  it("a reset sets the clock to the machine's time", async () => {
    await sandbox.callControl("POST", "/_sandbox/clock", { now: "2030-01-01T00:00:00Z" });
    await sandbox.reset();
    const { now } = z
      .object({ now: z.iso.datetime() })
      .parse(await sandbox.callControl("GET", "/_sandbox/clock"));
    expect(Math.abs(Date.parse(now) - Date.now())).toBeLessThan(5_000);
  });
});
