export type NamedItem = { id: string; name: string };

export type PracticeLists = NamedItem & {
  practiceGroupId: string;
  /** Why the lists could not be loaded. Rows for this practice are then invalid. */
  problem: string | null;
  appointmentTypes: readonly NamedItem[];
  locations: readonly NamedItem[];
  practitioners: readonly NamedItem[];
  forms: readonly NamedItem[];
};

type NameMatch<Item> = { item: Item } | { problem: string };

/** By id, or by name in any case and spacing. */
export type Lookup<Item extends NamedItem> = (cell: string) => NameMatch<Item>;

const normalizeName = (text: string) =>
  text.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();

/**
 * @param itemNoun such as "appointment type"
 * @param ownerPhrase such as "Riverside Practice has"
 */
export function createLookup<Item extends NamedItem>(
  items: readonly Item[],
  itemNoun: string,
  ownerPhrase: string,
  alternativeId?: (item: Item) => string,
): Lookup<Item> {
  const byId = new Map(items.flatMap((item) => [[item.id, item] as const]));
  if (alternativeId) for (const item of items) byId.set(alternativeId(item), item);
  const byName = new Map<string, Item | "several">();
  for (const item of items) {
    const name = normalizeName(item.name);
    byName.set(name, byName.has(name) ? "several" : item);
  }
  // Files repeat the same few names.
  const cache = new Map<string, NameMatch<Item>>();
  const findItem = (cell: string): NameMatch<Item> => {
    const item = byId.get(cell.trim()) ?? byName.get(normalizeName(cell));
    if (item === "several")
      return { problem: `${ownerPhrase} several ${itemNoun}s with this name.` };
    return item ? { item } : { problem: `${ownerPhrase} no ${itemNoun} with this name or ID.` };
  };
  return (cell) => {
    const cached = cache.get(cell);
    if (cached) return cached;
    const result = findItem(cell);
    if (cache.size < 10_000) cache.set(cell, result);
    return result;
  };
}
