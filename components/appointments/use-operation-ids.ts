"use client";

import { useRef } from "react";

/**
 * One operation ID for each intention, such as holding one slot: pressed twice, or repeated after a lost
 * response, it happens once. An intention that has certainly failed is forgotten, so that it can be tried again.
 */
export function useOperationIds() {
  const ids = useRef(new Map<string, string>());
  return {
    idFor(intention: string): string {
      const known = ids.current.get(intention);
      if (known) return known;
      const created = crypto.randomUUID();
      ids.current.set(intention, created);
      return created;
    },
    forget(intention: string): void {
      ids.current.delete(intention);
    },
  };
}
