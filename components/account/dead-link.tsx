import type { ReactNode } from "react";
import { AccountFrame } from "./account-frame";
import { PlainLink } from "./plain-link";

type DeadLinkProps = {
  children: ReactNode;
  again: { href: string; label: string };
};

/** The page of a mailed link that lost its token on the way. */
export function DeadLink({ children, again }: DeadLinkProps) {
  return (
    <AccountFrame title="This link is not complete" description={children}>
      <PlainLink href={again.href} looksLikeButton>
        {again.label}
      </PlainLink>
    </AccountFrame>
  );
}
