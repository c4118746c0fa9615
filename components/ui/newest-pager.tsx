import { ChevronRight, ChevronsLeft } from "lucide-react";
import { ButtonLink } from "@/components/ui/button";

type NewestPagerProps = {
  /** The address of the first page; absent on it. */
  newest?: string | undefined;
  /** The address of the page with older rows; absent on the last. */
  older?: string | undefined;
  label: string;
};

/** Steps of a list that is newest first and only knows its way towards older rows. */
export function NewestPager({ newest, older, label }: NewestPagerProps) {
  if (!newest && !older) return null;
  return (
    <nav aria-label={label} className="mt-4 flex justify-end gap-2 print:hidden">
      {newest ? (
        <ButtonLink href={newest} size="sm" icon={<ChevronsLeft />}>
          Newest
        </ButtonLink>
      ) : null}
      {older ? (
        <ButtonLink href={older} size="sm" rel="next">
          Older
          <ChevronRight aria-hidden="true" className="-mr-0.5 size-4" />
        </ButtonLink>
      ) : null}
    </nav>
  );
}
