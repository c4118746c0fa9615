import type { ApiKey, Practice, Scope } from "../state/model";
import type { World } from "../state/world";

/** One API call after authentication. */
export interface Call {
  world: World;
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
  answer: (call: Call) => unknown;
}

/** Ties an operation to the reply type of the contract. */
export function operation<Reply>(
  one: Omit<Operation, "answer"> & { answer: (call: Call) => Reply },
): Operation {
  return one;
}
