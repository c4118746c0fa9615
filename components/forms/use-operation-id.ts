"use client";

import { useEffect, useState } from "react";

/**
 * The id that makes a form's write happen at most once. It is kept in the page's address, so that a
 * reload or a copied tab is the same operation.
 *
 * @param initialId the id in the address, if there is one
 */
export function useOperationId(initialId: string | null): string {
  const [operationId] = useState(() => initialId ?? crypto.randomUUID());
  useEffect(() => {
    const url = new URL(window.location.href);
    url.searchParams.set("operation", operationId);
    window.history.replaceState(null, "", url);
  }, [operationId]);
  return operationId;
}
