"use client";

import { useRef, useState } from "react";
import type { Place } from "@/components/shell/portal-path";
import type { LinkKind } from "@/server/schemas/links";
import type { PracticeOption } from "@/server/schemas/practices";
import type { PracticeLists } from "../reader/catalogue";
import { loadAllLists, loadLists } from "./load-lists";

/** Hero's lists of practices, each read once for each kind of link; one that failed is read again. */
export function useLists(place: Place) {
  const [loaded, setLoaded] = useState<ReadonlyMap<string, PracticeLists>>(new Map());
  const asked = useRef(new Map<string, Promise<PracticeLists>>());
  const keyOf = (practiceId: string, kind: LinkKind) => `${kind} ${practiceId}`;

  function load(practice: PracticeOption, kind: LinkKind): Promise<PracticeLists> {
    const key = keyOf(practice.id, kind);
    const before = asked.current.get(key);
    if (before) return before;
    const loading = loadLists(place, kind, practice).then((lists) => {
      if (lists.problem) asked.current.delete(key);
      setLoaded((known) => new Map(known).set(key, lists));
      return lists;
    });
    asked.current.set(key, loading);
    return loading;
  }

  return {
    /** Null until they were read. */
    of: (practiceId: string, kind: LinkKind) => loaded.get(keyOf(practiceId, kind)) ?? null,
    want: (practices: readonly PracticeOption[], practiceId: string, kind: LinkKind) => {
      const practice = practices.find(({ id }) => id === practiceId);
      if (practice) void load(practice, kind);
    },
    loadAll: (practices: readonly PracticeOption[], kind: LinkKind) =>
      loadAllLists(practices, (practice) => load(practice, kind)),
  };
}
