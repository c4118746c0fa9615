/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Practice } from "../state/model";
import { patientPage } from "./patient-page";

type UnavailableReason = "not_found" | "expired" | "used_up" | "file_used_up" | "locked";

const textByReason: Record<UnavailableReason, { title: string; paragraphs: string[] }> = {
  not_found: {
    title: "We cannot find this page",
    paragraphs: [
      "Check that you have the whole address. In a text message it may run over two lines.",
      "If it still does not work, ask the practice which sent it to you.",
    ],
  },
  expired: {
    title: "This link has expired",
    paragraphs: ["Links work for a limited time, and the time for this one is over."],
  },
  used_up: {
    title: "This link has been used",
    paragraphs: [
      "All the bookings it could make have been made. If you booked with it, your appointment is still booked.",
    ],
  },
  file_used_up: {
    title: "This link has been used",
    paragraphs: ["It has opened the file as often as it could."],
  },
  locked: {
    title: "This link is locked",
    paragraphs: [
      "The date of birth was wrong ten times, so we have switched the link off to keep your details safe.",
    ],
  },
};

export function linkUnavailablePage(
  c: Context,
  reason: UnavailableReason,
  practice: Practice | null,
) {
  const { title, paragraphs } = textByReason[reason];
  return patientPage(c, {
    title,
    practice,
    status: reason === "not_found" ? 404 : 410,
    body: (
      <>
        <h1>{title}</h1>
        {paragraphs.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        {practice && (
          <p>
            To book, or to ask for a new link, call {practice.name} on{" "}
            <a href={`tel:${practice.telephone.replaceAll(" ", "")}`}>{practice.telephone}</a>.
          </p>
        )}
      </>
    ),
  });
}
