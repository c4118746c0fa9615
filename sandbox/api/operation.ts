import type { ApiKey, Practice, Scope } from "../state/model";
import type { SandboxState } from "../state/sandbox-state";

/** An authenticated API call. */
export interface OperationCall {
  sandbox: SandboxState;
  /** The practice group named in the header. */
  practice: Practice;
  key: ApiKey;
  keySuffix: string;
  /** The `{id}` of the path, or an empty string. */
  id: string;
  query: URLSearchParams;
  /** The parsed JSON body; `{}` when none was sent. */
  body: unknown;
  /** Whether a scripted fault ends the work halfway, where there is a half. */
  isHalf: boolean;
}

export interface Operation {
  operationId: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** The path in the contract, with an `{id}` placeholder. */
  path: string;
  scope: Scope | null;
  /** The largest body, when it is not that of other operations. */
  maxBodyBytes?: number;
  handle: (call: OperationCall) => unknown;
}

/** Checks an operation's response against the contract's type. */
export function defineOperation<Reply>(
  definition: Omit<Operation, "handle"> & { handle: (call: OperationCall) => Reply },
): Operation {
  return definition;
}
