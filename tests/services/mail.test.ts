import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { portalUrl, sendMail } from "@/server/services/mail";
import { listEmails } from "../support/mail";

it("the HTML and the text of an email say the same, and load nothing", async () => {
  const address = `${randomUUID()}@example.org`;
  const url = portalUrl("/reset-password", { token: "a&b=c" });
  const long = "A sentence that is far longer than a line of plain text usually is. ".repeat(3);
  await sendMail(address, {
    subject: "Surgery <b>& Sons</b>",
    paragraphs: ["First, with <script>alert(1)</script>.", long.trim()],
    link: { label: "Open it", url },
  });
  const [email, ...others] = await listEmails(address);
  expect(others).toEqual([]);
  expect(email?.subject).toBe("Surgery <b>& Sons</b>");
  expect(email?.text.trim()).toBe(
    `First, with <script>alert(1)</script>.\n\n${long.trim()}\n\nOpen it ${url}`,
  );
  expect(email?.html).toContain("First, with &lt;script&gt;alert(1)&lt;/script&gt;.");
  expect(email?.html).toContain("Surgery &lt;b&gt;&amp; Sons&lt;/b&gt;");
  expect(email?.html).toMatch(/<html lang="en-GB"><head><meta charSet="utf-8"\/>.*<\/head><body/s);
  expect(email?.html).not.toMatch(/<img|<script|<link|url\(|<b>/);
  expect(email?.links).toEqual([url]);
});
