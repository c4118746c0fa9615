"use client";

import { Files, Link2 } from "lucide-react";
import { useEffect, useState } from "react";
import { portalClient } from "@/components/client";
import { linkTitle } from "@/components/links/labels";
import { containsNhsNumber } from "@/server/schemas/nhs-number";
import { portalPath } from "./portal-path";
import { usePortalLocation } from "./shell-context";
import type { Command } from "./use-commands";

const searchDelayMs = 200;
const minSearchCharacters = 2;
const maxFound = 6;

/** The links and bulk uploads that a search finds, as commands. Possible NHS numbers are not searched for. */
export function useFoundLinks(query: string): { value: string; items: Command[] }[] {
  const { scope } = usePortalLocation();
  const { tenant, environment } = scope;
  const [found, setFound] = useState<{ query: string; links: Command[]; uploads: Command[] }>();
  const search = query.trim();
  const isSearchable = search.length >= minSearchCharacters && !containsNhsNumber(search);

  useEffect(() => {
    if (!isSearchable) return;
    let isCurrent = true;
    const client = portalClient(tenant, environment);
    const timer = setTimeout(() => {
      Promise.all([
        client.links.list.query({ q: search, limit: maxFound }),
        client.bulkUploads.list.query(),
      ]).then(
        ([{ items }, bulkUploads]) => {
          if (!isCurrent) return;
          const portalScope = { tenant, environment };
          setFound({
            query: search,
            links: items.map((link) => ({
              id: `link ${link.id}`,
              label: linkTitle(link),
              detail: link.reference ?? link.practice.name,
              icon: Link2,
              href: portalPath(portalScope, `/links/${link.id}`),
            })),
            uploads: bulkUploads
              .filter(({ id, name }) =>
                `${name} ${id}`.toLowerCase().includes(search.toLowerCase()),
              )
              .slice(0, maxFound)
              .map(({ id, name }) => ({
                id: `upload ${id}`,
                label: name,
                icon: Files,
                href: portalPath(portalScope, `/links/bulk-uploads/${id}`),
              })),
          });
        },
        // The commands of the palette still work; the next letter searches again.
        () => undefined,
      );
    }, searchDelayMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [tenant, environment, search, isSearchable]);

  if (!isSearchable || found?.query !== search) return [];
  return [
    { value: "Links", items: found.links },
    { value: "Bulk uploads", items: found.uploads },
  ].filter(({ items }) => items.length > 0);
}
