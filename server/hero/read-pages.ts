import "server-only";
import { HeroError } from "./errors";

/** One page of a list; `unreadable` counts the items that were left out. */
type Page<Item> = { data: Item[]; unreadable?: number; count?: number | null | undefined };

/** Page sizes of Hero's lists are assumed to be multiples of this (assumption 11). */
const assumedPageSize = 50;

/**
 * Every item of a list whose pages count from 0 (assumption 11), in Hero's order. `isComplete` is false when
 * Hero's list was not read to its end: nothing follows then from an item that is missing.
 *
 * @throws HeroError when the first page cannot be read; the failure of a later one leaves the list incomplete
 */
export async function readPages<Item extends { id: string }>(
  list: (index: number) => Promise<Page<Item>>,
  maxPages: number,
): Promise<{ items: Item[]; isComplete: boolean }> {
  const found = new Map<string, Item>();
  let unreadable = 0;
  const result = (isAtEnd: boolean) => ({
    items: [...found.values()],
    isComplete: isAtEnd && unreadable === 0,
  });
  for (let index = 0; index < maxPages; index += 1) {
    const previousSize = found.size;
    let page: Page<Item>;
    try {
      page = await list(index);
    } catch (error) {
      if (index === 0 || !(error instanceof HeroError)) throw error;
      return result(false);
    }
    for (const item of page.data) found.set(item.id, item);
    unreadable += page.unreadable ?? 0;
    const length = page.data.length + (page.unreadable ?? 0);
    const hasAll = page.count != null && page.count <= found.size;
    if (length === 0) return result((page.count ?? 0) <= found.size);
    // A count that equals a full page may be the page's own.
    if (hasAll && (page.count !== length || length % assumedPageSize !== 0)) return result(true);
    // The second page equals the first where pages count from 1. Any later repetition means that Hero
    // ignores the page number.
    if (found.size === previousSize && index !== 1) return result(false);
  }
  return result(false);
}
