/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Practice } from "../state/model";
import { patientPage } from "./patient-page";

type Reason = "absent" | "expired" | "used_up" | "locked";

const words: Record<Reason, { title: string; lines: string[] }> = {
  absent: {
    title: "We cannot find this page",
    lines: [
      "Check that you have the whole address. In a text message it may run over two lines.",
      "If it still does not work, ask the practice which sent it to you.",
    ],
  },
  expired: {
    title: "This link has expired",
    lines: ["Links work for a limited time, and the time for this one is over."],
  },
  used_up: {
    title: "This link has been used",
    lines: [
      "All the bookings it could make have been made. If you booked with it, your appointment stands.",
    ],
  },
  locked: {
    title: "This link is locked",
    lines: [
      "The date of birth was wrong ten times, so we have switched the link off to keep your details safe.",
    ],
  },
};

/** The calm end of a link that cannot be used. */
export function deadPage(c: Context, reason: Reason, practice: Practice | null) {
  const { title, lines } = words[reason];
  return patientPage(c, {
    title,
    practice,
    status: reason === "absent" ? 404 : 410,
    body: (
      <>
        <h1>{title}</h1>
        {lines.map((line) => (
          <p key={line}>{line}</p>
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
