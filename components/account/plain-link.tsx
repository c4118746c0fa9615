import type { ReactNode } from "react";
import { buttonLook } from "@/components/ui/button-look";

type PlainLinkProps = {
  href: string;
  looksLikeButton?: boolean;
  children: ReactNode;
};

/**
 * A link that the browser follows by itself. Pages of people who are not signed in use it: Next's own
 * link would add its script to the lightest pages, and fetch their neighbours for nothing.
 */
export function PlainLink({ href, looksLikeButton, children }: PlainLinkProps) {
  return (
    <a href={href} className={looksLikeButton ? buttonLook({}) : "link"}>
      {children}
    </a>
  );
}
