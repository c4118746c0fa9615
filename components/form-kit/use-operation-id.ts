"use client";

import { useEffect, useState } from "react";

/**
 * The id that makes this form's write happen at most once. It stands in the address, so that a reload
 * or a copied tab is the same operation; a form opened without one makes its own.
 *
 * @returns null until the browser has made one
 */
export function useOperationId(fromAddress: string | null): string | null {
  const [operationId, setOperationId] = useState(fromAddress);
  useEffect(() => {
    if (operationId) return;
    const made = crypto.randomUUID();
    const address = new URL(window.location.href);
    address.searchParams.set("operation", made);
    window.history.replaceState(null, "", address);
    setOperationId(made);
  }, [operationId]);
  return operationId;
}
