"use client";

import { useRef, useState } from "react";
import type { PortalScope } from "@/components/shell/portal-path";
import type { BulkUploadKind } from "@/server/schemas/bulk-uploads";
import type { PracticeOption } from "@/server/schemas/practices";
import type { PracticeLists } from "../reader/name-lookup";
import { fetchAllPracticeLists, fetchPracticeLists } from "./fetch-practice-lists";

/** Loads each practice's lists once per kind of link; failed loads are retried. */
export function usePracticeLists(scope: PortalScope) {
  const [loaded, setLoaded] = useState<ReadonlyMap<string, PracticeLists>>(new Map());
  const requests = useRef(new Map<string, Promise<PracticeLists>>());
  const keyOf = (practiceId: string, kind: BulkUploadKind) => `${kind} ${practiceId}`;

  function load(practice: PracticeOption, kind: BulkUploadKind): Promise<PracticeLists> {
    const key = keyOf(practice.id, kind);
    const existing = requests.current.get(key);
    if (existing) return existing;
    const request = fetchPracticeLists(scope, kind, practice).then((lists) => {
      if (lists.problem) requests.current.delete(key);
      setLoaded((previous) => new Map(previous).set(key, lists));
      return lists;
    });
    requests.current.set(key, request);
    return request;
  }

  return {
    /** Null until they are loaded. */
    get: (practiceId: string, kind: BulkUploadKind) => loaded.get(keyOf(practiceId, kind)) ?? null,
    preload: (practices: readonly PracticeOption[], practiceId: string, kind: BulkUploadKind) => {
      const practice = practices.find(({ id }) => id === practiceId);
      if (practice) void load(practice, kind);
    },
    loadAll: (practices: readonly PracticeOption[], kind: BulkUploadKind) =>
      fetchAllPracticeLists(practices, (practice) => load(practice, kind)),
  };
}
