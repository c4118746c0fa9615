/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { Practice } from "../state/model";
import { secure } from "./sheet";

interface PageParts {
  /** Never with anything about the patient in it. */
  title: string;
  practice: Practice | null;
  /** "Step 2 of 4", or nothing. */
  step?: string;
  body: Child;
  /** What the patient is booking, shown beside the page. */
  aside?: Child;
  status?: 200 | 404 | 410;
  hasErrors?: boolean;
}

/** One page of the patient's journey. */
export function patientPage(c: Context, parts: PageParts) {
  secure(c);
  const owner = parts.practice?.name ?? "Online booking";
  return c.html(
    html`<!doctype html>${(
      <html lang="en-GB">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>
            {parts.hasErrors ? "Problem: " : ""}
            {parts.title} – {owner}
          </title>
          <link rel="stylesheet" href="/_sandbox/assets/patient.css" />
          <link rel="icon" href="data:," />
        </head>
        <body>
          <a class="skip" href="#main">
            Skip to the page
          </a>
          <header>
            <p class="strip">Sandbox — not a real practice</p>
            <div class="wide">
              <span class="mark" aria-hidden="true">
                {owner.slice(0, 1)}
              </span>
              <span class="owner">{owner}</span>
            </div>
          </header>
          <div class={parts.aside ? "wide columns" : "wide"}>
            <main id="main">
              {parts.step && <p class="step">{parts.step}</p>}
              {parts.body}
            </main>
            {parts.aside && <aside aria-label="Your appointment">{parts.aside}</aside>}
          </div>
          <footer>
            <div class="wide">
              {parts.practice && (
                <p>
                  {parts.practice.name}, {parts.practice.address.line_1},{" "}
                  {parts.practice.address.town} {parts.practice.address.postcode}
                  <br />
                  Telephone {parts.practice.telephone}
                </p>
              )}
              <p>In an emergency call 999.</p>
            </div>
          </footer>
        </body>
      </html>
    )}`,
    parts.status ?? 200,
  );
}
