/** "1 practice", "3 practices". */
export function formatCount(quantity: number, singular: string, plural = `${singular}s`): string {
  return `${quantity.toLocaleString("en-GB")} ${quantity === 1 ? singular : plural}`;
}
