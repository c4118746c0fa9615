import { ChevronRight, ChevronsLeft } from "lucide-react";
import { ButtonLink } from "@/components/ui/button";

type NewestPagerProps = {
  /** The path of the first page; absent on the first page. */
  newest?: string | undefined;
  /** The path of the page with older rows; absent on the last page. */
  older?: string | undefined;
  label: string;
};

/** Pagination for a newest-first list with forward cursors only. */
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
