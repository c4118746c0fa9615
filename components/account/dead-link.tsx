import type { ReactNode } from "react";
import { buttonLook } from "@/components/ui/button-look";
import { AccountFrame } from "./account-frame";

type DeadLinkProps = {
  children: ReactNode;
  again: { href: string; label: string };
};

/** The page of a mailed link that lost its token on the way. */
export function DeadLink({ children, again }: DeadLinkProps) {
  return (
    <AccountFrame title="This link is not complete" description={children}>
      <a href={again.href} className={buttonLook({})}>
        {again.label}
      </a>
    </AccountFrame>
  );
}
