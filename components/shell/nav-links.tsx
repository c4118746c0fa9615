"use client";

import Link, { useLinkStatus } from "next/link";
import { portalPath } from "./portal-path";
import { isCurrentNavItem, type NavItem, visibleNavItems } from "./nav-items";
import { useShell, usePortalLocation } from "./shell-context";

/** The navigation links; each keeps the selected practice. `onNavigate` closes the sheet. */
export function NavLinks({ onNavigate }: { onNavigate?: () => void }) {
  const { permissions } = useShell();
  const { scope, path: currentPath, practiceId } = usePortalLocation();
  return (
    <ul className="flex flex-col gap-0.5">
      {visibleNavItems(permissions).map((item) => {
        const isCurrent = isCurrentNavItem(item, currentPath);
        return (
          <li key={item.path}>
            <Link
              href={portalPath(scope, item.path, { practice: practiceId })}
              aria-current={isCurrent ? "page" : undefined}
              onClick={onNavigate}
              className="flex h-8 items-center gap-2.5 rounded-md px-2.5 font-medium text-muted pointer-coarse:h-11 hover:bg-hover hover:text-ink aria-[current]:bg-accent-soft aria-[current]:text-accent"
            >
              <NavIcon item={item} />
              {item.label}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

/** The item's icon, which pulses while its page loads. */
function NavIcon({ item: { icon: Icon } }: { item: NavItem }) {
  const { pending } = useLinkStatus();
  return (
    <Icon
      aria-hidden="true"
      className={`size-4 shrink-0 ${pending ? "animate-breathe" : ""}`}
      strokeWidth={1.75}
    />
  );
}
