/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { Practice } from "../state/model";
import { setSecurityHeaders } from "./page-shell";

interface PatientPageOptions {
  /** Must not identify the patient. */
  title: string;
  practice: Practice | null;
  /** "Step 2 of 4". */
  step?: string;
  body: Child;
  aside?: Child;
  status?: 200 | 404 | 410;
  hasErrors?: boolean;
}

export function patientPage(c: Context, options: PatientPageOptions) {
  setSecurityHeaders(c);
  const practiceName = options.practice?.name ?? "Online booking";
  const title = `${options.hasErrors ? "Problem: " : ""}${options.title} – ${practiceName}`;
  return c.html(
    html`<!doctype html>
<html lang="en-GB">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>${title}</title>
    <link rel="stylesheet" href="/_sandbox/assets/patient.css">
    <link rel="icon" href="data:,">
  </head>
  <body>${<PageLayout {...options} practiceName={practiceName} />}</body>
</html>`,
    options.status ?? 200,
  );
}

function PageLayout({
  practiceName,
  practice,
  step,
  body,
  aside,
}: PatientPageOptions & { practiceName: string }) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <header>
        <p class="strip">Sandbox — not a real practice</p>
        <div class="wide">
          <span class="mark" aria-hidden="true">
            {practiceName.slice(0, 1)}
          </span>
          <span class="owner">{practiceName}</span>
        </div>
      </header>
      <div class={aside ? "wide columns" : "wide"}>
        <main id="main">
          {step && <p class="step">{step}</p>}
          {body}
        </main>
        {aside && <aside aria-label="Your appointment">{aside}</aside>}
      </div>
      <footer>
        <div class="wide">
          {practice && (
            <p>
              {practice.name}, {practice.address.line_1}, {practice.address.town}{" "}
              {practice.address.postcode}
              <br />
              Telephone {practice.telephone}
            </p>
          )}
          <p>In an emergency call 999.</p>
        </div>
      </footer>
    </>
  );
}
