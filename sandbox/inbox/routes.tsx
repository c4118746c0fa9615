/** @jsxImportSource hono/jsx */
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { sheetPage } from "../pages/sheet";
import type { World } from "../state/world";
import type { Mail } from "./inbox";

const listPath = "/inbox";

/** The mail people and tests read, at `/inbox` and `/inbox.json`. */
export function inboxRoutes(world: World): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.get("/inbox.json", (c) =>
    c.json(
      world.inbox
        .list(c.req.query("to"))
        .map((mail) => ({ ...mail, to: mail.to.join(", "), html: mail.html ?? "" })),
    ),
  );
  app.delete("/inbox.json", (c) => {
    world.inbox.clear();
    return c.body(null, 204);
  });
  app.get("/inbox", (c) => sheetPage(c, "Inbox", <MailList mails={world.inbox.list()} />));
  app.get("/inbox/:id", (c) => {
    const mail = world.inbox.find(c.req.param("id"));
    if (!mail) {
      return sheetPage(c, "No such mail", <p>This mail is no longer here.</p>, 404);
    }
    return sheetPage(c, mail.subject || "(no subject)", <OneMail mail={mail} />);
  });
  app.get("/inbox/:id/html", (c) => {
    const mail = world.inbox.find(c.req.param("id"));
    // The mail is a stranger's page: no script, no request of its own, links in a new window.
    c.header(
      "content-security-policy",
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; " +
        "sandbox allow-popups allow-popups-to-escape-sandbox",
    );
    return c.html(`<base target="_blank">${mail?.html ?? ""}`, mail?.html ? 200 : 404);
  });
  return app;
}

function MailList({ mails }: { mails: Mail[] }) {
  if (mails.length === 0) {
    return (
      <p>
        No mail yet. Whatever the portal sends in this environment arrives here, and nowhere else.
      </p>
    );
  }
  return (
    <ul class="mails">
      {mails.map((mail) => (
        <li key={mail.id}>
          <a href={`/inbox/${mail.id}`}>{mail.subject || "(no subject)"}</a>
          <span>To {mail.to.join(", ")}</span>
          <time datetime={mail.receivedAt}>{momentText(mail.receivedAt)}</time>
        </li>
      ))}
    </ul>
  );
}

function OneMail({ mail }: { mail: Mail }) {
  return (
    <>
      <p>
        <a href={listPath}>Back to the inbox</a>
      </p>
      <dl class="facts">
        <dt>To</dt>
        <dd>{mail.to.join(", ")}</dd>
        <dt>From</dt>
        <dd>{mail.from}</dd>
        <dt>Received</dt>
        <dd>{momentText(mail.receivedAt)}</dd>
      </dl>
      {mail.links.length > 0 && (
        <section aria-labelledby="links">
          <h2 id="links">Links in this mail</h2>
          <ul class="addresses">
            {mail.links.map((link) => (
              <li key={link}>
                <a href={link}>{link}</a>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="text">
        <h2 id="text">Text</h2>
        <pre class="letter">{linkified(mail.text)}</pre>
      </section>
      {mail.html && (
        <section aria-labelledby="looks">
          <h2 id="looks">As designed</h2>
          <iframe
            title="The mail as designed"
            sandbox="allow-popups allow-popups-to-escape-sandbox"
            src={`/inbox/${mail.id}/html`}
          />
        </section>
      )}
    </>
  );
}

function linkified(text: string) {
  return text.split(/(https?:\/\/[^\s<>"')\]]*[^\s<>"')\].,;:!?])/).map((part, index) =>
    index % 2 === 1 ? (
      <a key={part} href={part}>
        {part}
      </a>
    ) : (
      part
    ),
  );
}

function momentText(iso: string): string {
  return new Date(iso).toLocaleString("en-GB", {
    timeZone: "Europe/London",
    dateStyle: "medium",
    timeStyle: "short",
  });
}
