"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useTransition } from "react";
import { Button } from "@/components/ui/button";

type FilterFormProps = {
  /** The list's address with the filters as entered; null when one of them is not valid. */
  findPath: () => string | null;
  children: ReactNode;
};

/** Filters of a list, kept in the page's address and applied together. */
export function FilterForm({ findPath, children }: FilterFormProps) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();

  function apply(event: FormEvent) {
    event.preventDefault();
    const path = findPath();
    if (path !== null) startTransition(() => router.push(path, { scroll: false }));
  }

  return (
    <form
      onSubmit={apply}
      aria-label="Filters"
      className="mb-4 flex flex-wrap items-end gap-x-4 gap-y-3 print:hidden"
    >
      {children}
      <Button type="submit" pending={pending}>
        {pending ? "Filtering…" : "Filter"}
      </Button>
    </form>
  );
}
