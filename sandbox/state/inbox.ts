import type { Clock } from "./clock";

const maxEmails = 500;

export interface Email {
  id: string;
  to: string[];
  from: string;
  subject: string;
  text: string;
  html: string | null;
  receivedAt: string;
  /** Web addresses in the message, each once, in order. */
  links: string[];
}

export class Inbox {
  private emails: Email[] = [];
  private lastId = 0;

  constructor(private readonly clock: Clock) {}

  add(input: Pick<Email, "to" | "from" | "subject" | "text" | "html">): Email {
    this.lastId += 1;
    const email: Email = {
      ...input,
      id: String(this.lastId),
      receivedAt: this.clock.nowIso(),
      links: extractLinks(input.text, input.html),
    };
    this.emails.unshift(email);
    this.emails.length = Math.min(this.emails.length, maxEmails);
    return email;
  }

  /** Newest first; `to` is compared without regard to case. */
  list(to?: string): Email[] {
    if (!to) return this.emails;
    const address = to.trim().toLowerCase();
    return this.emails.filter((email) =>
      email.to.some((recipient) => recipient.toLowerCase() === address),
    );
  }

  find(id: string): Email | undefined {
    return this.emails.find((email) => email.id === id);
  }

  clear(): void {
    this.emails = [];
  }
}

function extractLinks(text: string, html: string | null): string[] {
  const urls = [...text.matchAll(/https?:\/\/[^\s<>"')\]]+/g)].map((match) =>
    match[0].replace(/[.,;:!?]+$/, ""),
  );
  for (const match of (html ?? "").matchAll(/href\s*=\s*["'](https?:\/\/[^"']+)["']/gi)) {
    if (match[1]) urls.push(match[1].replaceAll("&amp;", "&"));
  }
  return [...new Set(urls)];
}
