import type { ReactNode } from "react";
import { AccountFrame } from "./account-frame";
import { PlainLink } from "./plain-link";

type IncompleteLinkProps = {
  children: ReactNode;
  action: { href: string; label: string };
};

/** Shown when an emailed link has no token. */
export function IncompleteLink({ children, action }: IncompleteLinkProps) {
  return (
    <AccountFrame title="This link is incomplete" description={children}>
      <PlainLink href={action.href} asButton>
        {action.label}
      </PlainLink>
    </AccountFrame>
  );
}
