import type { Clock } from "../clock";

const kept = 500;

export interface Mail {
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
  private mails: Mail[] = [];
  private lastId = 0;

  constructor(private readonly clock: Clock) {}

  add(mail: Pick<Mail, "to" | "from" | "subject" | "text" | "html">): Mail {
    this.lastId += 1;
    const received: Mail = {
      ...mail,
      id: String(this.lastId),
      receivedAt: this.clock.nowIso(),
      links: linksIn(mail.text, mail.html),
    };
    this.mails.unshift(received);
    this.mails.length = Math.min(this.mails.length, kept);
    return received;
  }

  /** Newest first; `to` is compared without regard to case. */
  list(to?: string): Mail[] {
    if (!to) return this.mails;
    const wanted = to.trim().toLowerCase();
    return this.mails.filter((mail) => mail.to.some((one) => one.toLowerCase() === wanted));
  }

  find(id: string): Mail | undefined {
    return this.mails.find((mail) => mail.id === id);
  }

  clear(): void {
    this.mails = [];
  }
}

function linksIn(text: string, html: string | null): string[] {
  const found = [...text.matchAll(/https?:\/\/[^\s<>"')\]]+/g)].map((match) =>
    match[0].replace(/[.,;:!?]+$/, ""),
  );
  for (const match of (html ?? "").matchAll(/href\s*=\s*["'](https?:\/\/[^"']+)["']/gi)) {
    if (match[1]) found.push(match[1].replaceAll("&amp;", "&"));
  }
  return [...new Set(found)];
}
