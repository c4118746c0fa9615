import type { ReactNode } from "react";
import { buttonClasses } from "@/components/ui/button-classes";

type PlainLinkProps = {
  href: string;
  asButton?: boolean;
  children: ReactNode;
};

/** An ordinary link, for signed-out pages: Next's would add its script and prefetch other pages. */
export function PlainLink({ href, asButton, children }: PlainLinkProps) {
  return (
    <a href={href} className={asButton ? buttonClasses({}) : "link"}>
      {children}
    </a>
  );
}
