import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { LinkAppointments } from "@/components/links/link-appointments";
import { type LinkAppointment, maxLinkAppointments } from "@/server/schemas/links/view";

const appointment: LinkAppointment = {
  id: "1",
  state: "booked",
  startsAt: "2026-12-01T09:00:00.000Z",
  bookedAt: "2026-11-27T09:00:00.000Z",
  cancelledAt: null,
  rescheduledAt: null,
};

const render = (uses: number, known: number, kind: "booking" | "form" = "booking") =>
  renderToStaticMarkup(
    createElement(LinkAppointments, {
      link: { kind, uses },
      appointments: Array.from({ length: known }, (_, index) => ({
        ...appointment,
        id: `${index}`,
      })),
    }),
  ).replaceAll(/<[^>]+>/g, "");

describe("the appointments of a link", () => {
  it("bookings that Hero counts and no webhook reported are named", () => {
    expect(render(1, 0)).toContain("1 booking is not listed here.");
    expect(render(3, 1)).toContain("2 bookings are not listed here.");
  });

  it("nothing is missing when every booking is listed, the list is full, or forms are counted", () => {
    expect(render(1, 1)).not.toContain("not listed");
    expect(render(1, 2)).not.toContain("not listed");
    expect(render(150, maxLinkAppointments)).not.toContain("not listed");
    expect(render(2, 0, "form")).toBe("");
    expect(render(0, 0)).toBe("");
  });
});
