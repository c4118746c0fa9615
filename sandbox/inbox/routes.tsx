/** @jsxImportSource hono/jsx */
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { pageShell } from "../pages/page-shell";
import { formatTimestamp, linkify } from "../pages/page-text";
import type { SandboxState } from "../state/sandbox-state";
import type { Email } from "../state/inbox";

const listPath = "/inbox";

/** Received emails: `/inbox` for people, `/inbox.json` for tests. */
export function inboxRoutes(sandbox: SandboxState): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.get("/inbox.json", (c) =>
    c.json(
      sandbox.inbox
        .list(c.req.query("to"))
        .map((email) => ({ ...email, to: email.to.join(", "), html: email.html ?? "" })),
    ),
  );
  app.delete("/inbox.json", (c) => {
    sandbox.inbox.clear();
    return c.body(null, 204);
  });
  app.get("/inbox", (c) => pageShell(c, "Inbox", <EmailList emails={sandbox.inbox.list()} />));
  app.get("/inbox/:id", (c) => {
    const email = sandbox.inbox.find(c.req.param("id"));
    if (!email) {
      return pageShell(c, "Email not found", <p>This email has been deleted.</p>, 404);
    }
    return pageShell(c, email.subject || "(no subject)", <EmailDetail email={email} />);
  });
  app.get("/inbox/:id/html", (c) => {
    const email = sandbox.inbox.find(c.req.param("id"));
    // An email is not trusted: no scripts, no requests, links open in a new window.
    c.header(
      "content-security-policy",
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; " +
        "sandbox allow-popups allow-popups-to-escape-sandbox",
    );
    return c.html(`<base target="_blank">${email?.html ?? ""}`, email?.html ? 200 : 404);
  });
  return app;
}

function EmailList({ emails }: { emails: Email[] }) {
  if (emails.length === 0) {
    return (
      <p>
        No emails yet. Every email that the portal sends in this environment arrives here, and only
        here.
      </p>
    );
  }
  return (
    <ul class="emails">
      {emails.map((email) => (
        <li key={email.id}>
          <a href={`/inbox/${email.id}`}>{email.subject || "(no subject)"}</a>
          <span>To {email.to.join(", ")}</span>
          <time datetime={email.receivedAt}>{formatTimestamp(email.receivedAt)}</time>
        </li>
      ))}
    </ul>
  );
}

function EmailDetail({ email }: { email: Email }) {
  return (
    <>
      <p>
        <a href={listPath}>Back to the inbox</a>
      </p>
      <dl class="facts">
        <dt>To</dt>
        <dd>{email.to.join(", ")}</dd>
        <dt>From</dt>
        <dd>{email.from}</dd>
        <dt>Received</dt>
        <dd>{formatTimestamp(email.receivedAt)}</dd>
      </dl>
      {email.links.length > 0 && (
        <section aria-labelledby="links">
          <h2 id="links">Links in this email</h2>
          <ul class="links">
            {email.links.map((link) => (
              <li key={link}>
                <a href={link}>{link}</a>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="text">
        <h2 id="text">Text</h2>
        <pre class="email-text">{linkify(email.text)}</pre>
      </section>
      {email.html && (
        <section aria-labelledby="design">
          <h2 id="design">HTML version</h2>
          <iframe
            title="HTML version of the email"
            sandbox="allow-popups allow-popups-to-escape-sandbox"
            src={`/inbox/${email.id}/html`}
          />
        </section>
      )}
    </>
  );
}
