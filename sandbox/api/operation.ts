import type { ApiKey, Practice, Scope } from "../state/model";
import type { SandboxState } from "../state/sandbox-state";

/** One API call after authentication. */
export interface OperationCall {
  sandbox: SandboxState;
  /** The practice group the call answers for: the one named in the header. */
  practice: Practice;
  key: ApiKey;
  /** The `{id}` of the path, or the empty text. */
  id: string;
  query: URLSearchParams;
  /** The JSON of the request; an empty object when none was sent. */
  body: unknown;
}

export interface Operation {
  operationId: string;
  method: "GET" | "POST" | "PUT" | "PATCH";
  /** As in the contract, with `{id}` where an id goes. */
  path: string;
  scope: Scope | null;
  handle: (call: OperationCall) => unknown;
}

/** Ties an operation to the reply type of the contract. */
export function defineOperation<Reply>(
  definition: Omit<Operation, "handle"> & { handle: (call: OperationCall) => Reply },
): Operation {
  return definition;
}
