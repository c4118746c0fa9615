import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { PatientsTabs } from "@/components/patients/patients-tabs";
import { isCurrentNavItem, visibleNavItems } from "@/components/shell/nav-items";
import { listPermissions } from "@/server/schemas/permissions";

const scope = { tenant: "north", environment: "sandbox" } as const;

const render = (permissions: readonly string[], waitingMerges: number) =>
  renderToStaticMarkup(
    createElement(PatientsTabs, { scope, permissions, waitingMerges, current: "Find a patient" }),
  );

describe("the tabs of the patients pages", () => {
  it("a member who may merge sees the merges tab, with the number waiting for them", () => {
    const html = render(listPermissions("admin"), 3);
    expect(html).toContain('href="/north/sandbox/merges"');
    expect(html.replaceAll(/<[^>]+>/g, "")).toContain("Merges3 waiting for you");
    expect(render(listPermissions("admin"), 0)).not.toContain("waiting");
  });

  it.each(["operator", "developer", "viewer"] as const)("%s sees no tabs", (role) => {
    expect(render(listPermissions(role), 3)).toBe("");
  });
});

it("the navigation shows Patients as the section of a merge", () => {
  const current = (path: string) =>
    visibleNavItems(listPermissions("owner")).flatMap((item) =>
      isCurrentNavItem(item, path) ? [item.label] : [],
    );
  expect(current("/merges/0199")).toEqual(["Patients"]);
  expect(current("/patients")).toEqual(["Patients"]);
  expect(current("")).toEqual(["Overview"]);
  expect(current("/merges-other")).toEqual([]);
});
