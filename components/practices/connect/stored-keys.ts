import type { PracticeView } from "@/server/schemas/practices";
import { practiceLabel } from "../labels";
import type { StoredKey } from "./network-form";

/** The working keys of connected practices, each once, named after the practice they came from. */
export function listStoredKeys(practices: readonly PracticeView[]): StoredKey[] {
  const keys = new Map<string, StoredKey>();
  // Practices that use another practice's key come last: they name a key only if its own is gone.
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
