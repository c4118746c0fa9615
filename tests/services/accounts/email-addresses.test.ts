import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { email } from "@/server/schemas/account";
import { sendAccountMail } from "@/server/services/accounts/account-mail";
import { sendMail } from "@/server/services/mail";
import { listEmails } from "../../support/mail";

// Unique to this file, because test files share the sandbox's inbox.
const domain = "addresses-of-c13.example";
const victim = `victim@${domain}`;

/** The typed address and its mailbox. */
const acceptedCases: [string, string][] = [
  ["plain", "plain"],
  ["with.dot", "with.dot"],
  ["with+tag", "with+tag"],
  ["with-dash_and_line", "with-dash_and_line"],
  ["MiXeD", "mixed"],
  ["100%real", "100%real"],
  ["9", "9"],
  ["ends_", "ends_"],
  [`${"a".repeat(64)}`, `${"a".repeat(64)}`],
];

const rejected = [
  // Lists of addresses, as some parsers accept them.
  `a@${domain},${victim}`,
  `a@${domain}, ${victim}`,
  `a@${domain};${victim}`,
  `a@${domain} ${victim}`,
  `a@${domain}\t${victim}`,
  `,${victim}`,
  `${victim},`,
  `group: a@${domain}, ${victim};`,
  // Names, angles, comments and quotes.
  `Name <a@${domain}>`,
  `<a@${domain}>`,
  `"${victim}" <a@${domain}>`,
  `a@${domain}(comment)`,
  `a(comment)@${domain}`,
  `"a b"@${domain}`,
  `"a@b"@${domain}`,
  `"a,${victim}"@${domain}`,
  `a\\@b@${domain}`,
  `'a'@${domain}`,
  // Two @ signs, or one at an edge.
  `a@b@${domain}`,
  `a@@${domain}`,
  `@${domain}`,
  "a@",
  "@",
  "a",
  `${victim}@`,
  `a%${victim}@`,
  // Line breaks and control characters, which would add headers.
  `a@${domain}\r\nBcc: ${victim}`,
  `a@${domain}\nBcc: ${victim}`,
  `a\r\n@${domain}`,
  `a\u0000@${domain}`,
  `a@${domain}\u0000.evil.example`,
  `a\u001b@${domain}`,
  // Letters that look alike, are normalised, or are invisible.
  `vi\u0441tim@${domain}`,
  `\uff56ictim@${domain}`,
  `v\u0131ctim@${domain}`,
  `victim\u200b@${domain}`,
  `\u202e${victim}`,
  `victim\u00ad@${domain}`,
  `victim\u0301@${domain}`,
  `v\u0130ctim@${domain}`,
  `victim\uff20${domain}`,
  `victim@addresses\u3002example`,
  `victim@add\u0433esses.example`,
  `victim@b\u00fccher.example`,
  `\u{1d42f}ictim@${domain}`,
  // Misplaced dots.
  `.a@${domain}`,
  `a.@${domain}`,
  `a..b@${domain}`,
  `a@.${domain}`,
  `a@${domain}.`,
  "a@b..example",
  // Missing hosts and IP addresses.
  "a@localhost",
  "a@127.0.0.1",
  "a@[127.0.0.1]",
  "a@[IPv6:::1]",
  "a@b.c",
  "a@b.123",
  "a@-b.example",
  "a@b-.example",
  `a@${"b".repeat(64)}.example`,
  "a@b_c.example",
  // Too long.
  `${"a".repeat(255)}@${domain}`,
  `a@${"b.".repeat(130)}example`,
  // Markup and schemes.
  `<b>a</b>@${domain}`,
  `a@${domain}<script>`,
  `a@${domain}?bcc=${victim}`,
  `mailto:a@${domain}`,
  `a&b@${domain}`,
  `a|b@${domain}`,
  `a!b@${domain}`,
  `a/b@${domain}`,
  `*@${domain}`,
];

const display = (text: string) => JSON.stringify(text).slice(0, 70);

describe("c13: an email address at sign-in and sign-up", () => {
  it("the test has more than sixty addresses, each once", () => {
    expect(new Set(rejected).size).toBe(rejected.length);
    expect(rejected.length).toBeGreaterThanOrEqual(60);
  });

  it.each(rejected.map((text) => [display(text), text]))("c13: %s is rejected", (_, text) => {
    const parsed = email.safeParse(text);
    expect(parsed.success).toBe(false);
    for (const { message } of parsed.error?.issues ?? []) expect(message).toMatch(/^[A-Z].*\.$/);
  });

  it.each(acceptedCases)(
    "c13: %s is one mailbox and gets one email",
    async (localPart, mailbox) => {
      const address = email.parse(`  ${localPart}@${domain.toUpperCase()}  `);
      expect(address).toBe(`${mailbox}@${domain}`);
      await db.shared
        .insert(users)
        .values({ id: uuidv7(), email: address, name: "N", emailVerifiedAt: new Date() });
      await sendAccountMail({ email: address, purpose: "sign_up" });
      const emails = await listEmails(address);
      expect(emails.map(({ to }) => to)).toEqual([address]);
    },
  );

  it("c13: spaces and letter case do not create a second mailbox", () => {
    const variants = ["pat@a.example", " PAT@A.EXAMPLE ", "Pat@a.Example\n", "\tpat@A.example"];
    expect(new Set(variants.map((text) => email.parse(text)))).toEqual(new Set(["pat@a.example"]));
  });
});

describe("c13: an address that passed the schema anyway", () => {
  it("an unusual address gets at most one email, and no other person does", async () => {
    const message = {
      subject: "c13",
      paragraphs: ["A mail of the tests."],
      link: { label: "Link", url: "http://localhost:3000/" },
    };
    // The mail server may also reject it.
    const results = await Promise.allSettled(rejected.map((text) => sendMail(text, message)));
    expect(results).toHaveLength(rejected.length);
    expect(await listEmails(victim)).toEqual([]);
  });

  it("an address cannot put markup into the email", async () => {
    const to = `markup@${domain}`;
    await sendMail(to, {
      subject: "c13 <b>",
      paragraphs: [`Practice <img src=x onerror=alert(1)> & "Sons"`],
      link: { label: "Open <it>", url: 'http://localhost:3000/?a="><script>alert(1)</script>' },
    });
    const [message] = await listEmails(to);
    expect(message?.html).not.toMatch(/<img|<script|<it>/);
    expect(message?.text).toContain("<img src=x onerror=alert(1)>");
  });
});
