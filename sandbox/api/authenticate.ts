import type { ApiKey, Practice, Scope } from "../state/model";
import { keySuffix, type SandboxState } from "../state/sandbox-state";
import { problem } from "./problem";

export interface Caller {
  key: ApiKey;
  keySuffix: string;
  practice: Practice;
}

/**
 * Finds the caller and its practice. A key also works for other practices of its network. An unknown
 * group ID and one outside the network get the same message, so that ids cannot be guessed.
 */
export function authenticate(sandbox: SandboxState, headers: Headers, scope: Scope | null): Caller {
  const keyText = headers.get("x-api-key") ?? "";
  const key = sandbox.findApiKey(keyText);
  if (!key) throw problem(401, "Unauthorised");
  const groupId = headers.get("x-practice-group-id");
  if (!groupId) throw problem(401, "Unauthorised: x-practice-group-id is missing");
  const ownPractice = sandbox.findPractice(key.practiceGroupId);
  const practice = sandbox.findPractice(groupId);
  const isReachable =
    practice === ownPractice ||
    (practice?.network != null && practice.network === ownPractice?.network);
  if (!practice || !isReachable) {
    throw problem(403, "Unauthorised: the key has no access to this practice group");
  }
  if (scope && !key.scopes.includes(scope)) {
    throw problem(403, `Unauthorised: the key lacks the scope ${scope}`);
  }
  return { key, keySuffix: keySuffix(keyText), practice };
}
