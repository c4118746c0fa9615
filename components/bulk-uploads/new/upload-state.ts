import type { CheckSummary } from "../reader/check-table";
import type { FileInfo, ReadChoices } from "../reader/messages";
import type { FileProblem } from "../reader/table";
import type { UploadSettings } from "../reader/upload-settings";
import type { UploadDraft } from "./draft";

export type CheckResult = { settings: UploadSettings; summary: CheckSummary; operationId: string };

type LoadedFile = {
  fileInfo: FileInfo;
  draft: UploadDraft;
  isChecking: boolean;
  problem: string | null;
};

/** A file that a person must say something about, what was said already, and what there is to choose from. */
export type Retry = { source: File | string; choices: ReadChoices; options: FileProblem };

/** The steps from a file to uploaded rows. */
export type UploadState =
  | { step: "file"; isReading: boolean; problem: string | null; retry?: Retry | undefined }
  | (LoadedFile & { step: "set-up" })
  | (LoadedFile & { step: "check"; checkResult: CheckResult; uploadProblem: string | null })
  | (LoadedFile & { step: "upload"; checkResult: CheckResult; uploadedCount: number })
  | { step: "uploaded"; problem: null };

export type UploadAction =
  | { type: "reset" }
  | { type: "reading" }
  | { type: "reading-failed"; problem: string; retry?: Retry }
  | { type: "read"; fileInfo: FileInfo; draft: UploadDraft }
  | { type: "draft-changed"; draft: UploadDraft }
  | { type: "checking" }
  | { type: "checking-failed"; problem: string }
  /** `draft` is the one that was checked. */
  | { type: "checked"; draft: UploadDraft; checkResult: CheckResult }
  | { type: "uploading"; uploadedCount: number }
  | { type: "uploading-failed"; problem: string }
  | { type: "uploaded" };

export const initialState: UploadState = { step: "file", isReading: false, problem: null };

export function uploadReducer(state: UploadState, action: UploadAction): UploadState {
  switch (action.type) {
    case "reset":
      return initialState;
    case "reading":
      return { step: "file", isReading: true, problem: null };
    case "reading-failed":
      return { step: "file", isReading: false, problem: action.problem, retry: action.retry };
    case "read": {
      const { fileInfo, draft } = action;
      return { step: "set-up", fileInfo, draft, isChecking: false, problem: null };
    }
    case "uploaded":
      return { step: "uploaded", problem: null };
    default:
      return state.step === "file" || state.step === "uploaded"
        ? state
        : reduceLoadedFile(state, action);
  }
}

type LoadedState = Exclude<UploadState, { step: "file" | "uploaded" }>;
type LoadedAction = Exclude<
  UploadAction,
  { type: "reset" | "reading" | "reading-failed" | "read" | "uploaded" }
>;

function reduceLoadedFile(state: LoadedState, action: LoadedAction): UploadState {
  const { fileInfo, draft } = state;
  const checkResult = "checkResult" in state ? state.checkResult : null;
  const file = { fileInfo, draft, isChecking: false, problem: null };
  switch (action.type) {
    case "draft-changed":
      // An earlier check does not apply to the new draft.
      return { ...file, step: "set-up", draft: action.draft };
    case "checking":
      return checkResult
        ? { ...file, step: "check", checkResult, uploadProblem: null, isChecking: true }
        : { ...file, step: "set-up", isChecking: true };
    case "checking-failed":
      return { ...state, isChecking: false, problem: action.problem };
    case "checked":
      if (action.draft !== draft) return state;
      return { ...file, step: "check", checkResult: action.checkResult, uploadProblem: null };
    case "uploading":
      return checkResult
        ? { ...file, step: "upload", checkResult, uploadedCount: action.uploadedCount }
        : state;
    case "uploading-failed":
      return checkResult
        ? { ...file, step: "check", checkResult, uploadProblem: action.problem }
        : state;
  }
}
