import type { PracticeView } from "@/server/schemas/practices";
import { practiceLabel } from "../labels";
import type { StoredKey } from "./network-form";

/** The working keys among connected practices, each once, named by the practice that gave it. */
export function listStoredKeys(practices: readonly PracticeView[]): StoredKey[] {
  const keys = new Map<string, StoredKey>();
  // Practices reached through another's key come last, so that they name a key only if its own is gone.
  const ownKeysFirst = [...practices].sort(
    (a, b) => Number(a.isNetworkPractice) - Number(b.isNetworkPractice),
  );
  for (const practice of ownKeysFirst) {
    const { id, lastFour, state } = practice.credential;
    if (state !== "working" || keys.has(id)) continue;
    keys.set(id, { credentialId: id, lastFour, practiceName: practiceLabel(practice) });
  }
  return [...keys.values()];
}
