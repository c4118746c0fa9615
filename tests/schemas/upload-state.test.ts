import { describe, expect, it } from "vitest";
import { createDraft } from "@/components/bulk-uploads/new/draft";
import {
  type CheckResult,
  initialState,
  type UploadAction,
  uploadReducer,
} from "@/components/bulk-uploads/new/upload-state";
import { checkTable } from "@/components/bulk-uploads/reader/check-table";

const today = "2026-11-23";
const fileInfo = {
  encoding: null,
  delimiter: "," as const,
  headings: ["Reference"],
  headingRow: 1,
  rowCount: 1,
  blankLines: 0,
  titleLines: 0,
  monthFirstHeadings: [],
  samples: [["A"]],
};
const draft = createDraft({ reference: 0 }, "p", today);
const settings = {
  kind: "booking" as const,
  audience: "anyone" as const,
  columns: draft.columns,
  defaults: { ...draft, maxUses: 1 },
  practices: [],
  today,
  allowsDuplicates: false,
};
const { summary } = checkTable(
  {
    delimiter: ",",
    headings: ["Reference"],
    headingRow: 1,
    rows: [],
    blankLines: 0,
    titleLines: 0,
    dateOrders: new Map(),
  },
  settings,
);
const checkResult: CheckResult = { settings, summary, operationId: "operation" };

const stateAfter = (...actions: UploadAction[]) => actions.reduce(uploadReducer, initialState);
const read: UploadAction = { type: "read", fileInfo, draft };
const checked: UploadAction = { type: "checked", draft, checkResult };

describe("a new bulk upload", () => {
  it("E10: an upload goes from a file to uploaded rows, with one step after the check", () => {
    const actions: UploadAction[] = [
      { type: "reading" },
      read,
      { type: "checking" },
      checked,
      { type: "uploading", uploadedCount: 0 },
      { type: "uploaded" },
    ];
    const steps = actions.map((_, index) => stateAfter(...actions.slice(0, index + 1)).step);
    expect(steps).toEqual(["file", "set-up", "set-up", "check", "upload", "uploaded"]);
  });

  it("an upload drops its check when the draft changes", () => {
    const changed: UploadAction = { type: "draft-changed", draft: { ...draft, name: "Letters" } };
    expect(stateAfter(read, checked, changed)).toMatchObject({
      step: "set-up",
      draft: { name: "Letters" },
    });
  });

  it("an upload ignores the check of an earlier draft", () => {
    const changed: UploadAction = { type: "draft-changed", draft: { ...draft, name: "Letters" } };
    expect(stateAfter(read, { type: "checking" }, changed, checked).step).toBe("set-up");
  });

  it("a failed upload returns to the checked rows with the reason", () => {
    const failed: UploadAction = { type: "uploading-failed", problem: "No connection." };
    expect(
      stateAfter(read, checked, { type: "uploading", uploadedCount: 1 }, failed),
    ).toMatchObject({ step: "check", uploadProblem: "No connection.", checkResult });
  });

  it("an upload keeps its earlier check when a new one fails", () => {
    const failed: UploadAction = { type: "checking-failed", problem: "Not checked." };
    expect(stateAfter(read, checked, { type: "checking" }, failed)).toMatchObject({
      step: "check",
      isChecking: false,
      problem: "Not checked.",
    });
  });
});
