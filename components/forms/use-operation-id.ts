"use client";

import { useEffect, useState } from "react";

/**
 * The id that makes this form's write happen at most once. It stands in the address, so that a reload
 * or a copied tab is the same operation; a form opened without one makes its own.
 *
 * @returns null until the browser has made one
 */
export function useOperationId(initialId: string | null): string | null {
  const [operationId, setOperationId] = useState(initialId);
  useEffect(() => {
    if (operationId) return;
    const newId = crypto.randomUUID();
    const url = new URL(window.location.href);
    url.searchParams.set("operation", newId);
    window.history.replaceState(null, "", url);
    setOperationId(newId);
  }, [operationId]);
  return operationId;
}
