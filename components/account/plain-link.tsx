import type { ReactNode } from "react";
import { buttonClasses } from "@/components/ui/button-classes";

type PlainLinkProps = {
  href: string;
  asButton?: boolean;
  children: ReactNode;
};

/**
 * A link that the browser follows by itself. Pages of people who are not signed in use it: Next's own
 * link would add its script to the lightest pages, and fetch their neighbours for nothing.
 */
export function PlainLink({ href, asButton, children }: PlainLinkProps) {
  return (
    <a href={href} className={asButton ? buttonClasses({}) : "link"}>
      {children}
    </a>
  );
}
