import type { Context } from "hono";
import { html } from "hono/html";
import type { Child } from "hono/jsx";

/** The layout of pages for the people who run the sandbox. */
export function pageShell(c: Context, title: string, body: Child, status: 200 | 404 = 200) {
  setSecurityHeaders(c);
  return c.html(
    html`<!doctype html>
<html lang="en-GB">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} – Hero sandbox</title>
    <link rel="stylesheet" href="/_sandbox/assets/page-shell.css">
    <link rel="icon" href="data:,">
  </head>
  <body>
    <header>
      <a class="name" href="/">Hero sandbox</a>
      <nav aria-label="Sandbox"><a href="/">Practices</a> <a href="/inbox">Inbox</a> <a href="/messages">Messages</a></nav>
    </header>
    <main>
      <h1>${title}</h1>
      ${body}
    </main>
  </body>
</html>`,
    status,
  );
}

/** No scripts, no other origins, no framing, no caching. */
export function setSecurityHeaders(c: Context): void {
  c.header(
    "content-security-policy",
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; " +
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  c.header("cache-control", "no-store");
  c.header("referrer-policy", "no-referrer");
  c.header("x-content-type-options", "nosniff");
}
