import { ChevronLeft, ChevronRight } from "lucide-react";
import { ButtonLink } from "./button";

type PagerProps = {
  /** The address of the page with newer rows; absent on the first. */
  newer?: string | undefined;
  /** The address of the page with older rows; absent on the last. */
  older?: string | undefined;
  label?: string;
};

/** Links to the neighbouring pages of a list that is newest first; nothing when there is one page. */
export function Pager({ newer, older, label = "Pages" }: PagerProps) {
  if (!newer && !older) return null;
  return (
    <nav aria-label={label} className="flex justify-end gap-2 print:hidden">
      {newer ? (
        <ButtonLink href={newer} size="sm" rel="prev" icon={<ChevronLeft />}>
          Newer
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
