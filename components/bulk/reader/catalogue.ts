/** Hero's lists, by which the names and ids in a file are known. */
export type Named = { id: string; name: string };

export type PracticeLists = Named & {
  practiceGroupId: string;
  /** Why Hero's lists could not be read: then no row can be made for this practice. */
  problem: string | null;
  appointmentTypes: readonly Named[];
  locations: readonly Named[];
  practitioners: readonly Named[];
  forms: readonly Named[];
};

export type Found<Item> = { item: Item } | { fault: string };

/** Finds what a cell names, by its id or by its name in any case and spacing. */
export type Finder<Item extends Named> = (cell: string) => Found<Item>;

const plain = (text: string) => text.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();

/**
 * @param what as it stands in a sentence: "appointment type"
 * @param whose whose list it is: "Riverside Practice has"
 */
export function makeFinder<Item extends Named>(
  items: readonly Item[],
  what: string,
  whose: string,
  otherId?: (item: Item) => string,
): Finder<Item> {
  const byId = new Map(items.flatMap((item) => [[item.id, item] as const]));
  if (otherId) for (const item of items) byId.set(otherId(item), item);
  const byName = new Map<string, Item | "several">();
  for (const item of items) {
    const name = plain(item.name);
    byName.set(name, byName.has(name) ? "several" : item);
  }
  // A file says the same few names many times.
  const known = new Map<string, Found<Item>>();
  const find = (cell: string): Found<Item> => {
    const item = byId.get(cell.trim()) ?? byName.get(plain(cell));
    if (item === "several") return { fault: `${whose} several ${what}s of this name.` };
    return item ? { item } : { fault: `${whose} no ${what} of this name or id.` };
  };
  return (cell) => {
    const before = known.get(cell);
    if (before) return before;
    const found = find(cell);
    if (known.size < 10_000) known.set(cell, found);
    return found;
  };
}
