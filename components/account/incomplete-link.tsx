import type { ReactNode } from "react";
import { AccountFrame } from "./account-frame";
import { PlainLink } from "./plain-link";

type IncompleteLinkProps = {
  children: ReactNode;
  action: { href: string; label: string };
};

/** The page of a mailed link that lost its token on the way. */
export function IncompleteLink({ children, action }: IncompleteLinkProps) {
  return (
    <AccountFrame title="This link is not complete" description={children}>
      <PlainLink href={action.href} asButton>
        {action.label}
      </PlainLink>
    </AccountFrame>
  );
}
