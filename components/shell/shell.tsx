import Link from "next/link";
import type { ReactNode } from "react";
import { LogoMark } from "@/components/ui/logo";
import { Toaster } from "@/components/ui/toast";
import { EnvironmentBanner } from "./environment-banner";
import { NavSheet } from "./nav-sheet";
import { PaletteButton } from "./palette-button";
import { portalPath } from "./portal-path";
import { SessionWarning } from "./session-warning";
import { ShellProvider, type ShellScope } from "./shell-context";
import { NavLinks } from "./nav-links";
import { SkipLink } from "./skip-link";
import { EnvironmentSwitcher, OrganisationSwitcher, PracticeSwitcher } from "./switchers";
import type { Theme } from "./theme";
import { UserMenu } from "./user-menu";

type ShellProps = {
  scope: ShellScope;
  theme: Theme;
  signOut: () => Promise<void>;
  children: ReactNode;
};

function Separator() {
  return (
    <span aria-hidden="true" className="text-line-strong/60 max-lg:hidden">
      /
    </span>
  );
}

/**
 * The layout of an organisation's pages: switchers, navigation and the page. The header is sticky except
 * in very low windows, such as at 400 % zoom.
 */
export function Shell({ scope, theme, signOut, children }: ShellProps) {
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  return (
    <ShellProvider scope={scope}>
      <div className="flex min-h-dvh flex-col">
        <SkipLink />
        <header className="top-0 z-30 [@media(min-height:30rem)]:sticky print:hidden">
          <div className="border-b border-line bg-surface">
            <div className="flex flex-wrap items-center gap-x-1 px-4 lg:h-14 lg:flex-nowrap lg:gap-x-1.5 lg:px-5">
              <div className="flex h-13 min-w-0 flex-1 items-center gap-1 lg:h-auto lg:max-w-80 lg:flex-none">
                <NavSheet />
                <Link
                  href={portalPath(portalScope)}
                  aria-label="Partner Portal, overview"
                  className="mr-1.5 flex rounded-lg max-sm:hidden"
                >
                  <LogoMark />
                </Link>
                <OrganisationSwitcher />
              </div>
              <Separator />
              <div className="order-last -mx-4 flex min-w-0 basis-[calc(100%+2rem)] items-center gap-1 border-t border-line px-2 py-1 lg:order-none lg:mx-0 lg:basis-auto lg:gap-1.5 lg:border-0 lg:p-0">
                <EnvironmentSwitcher />
                <span aria-hidden="true" className="text-line-strong/60">
                  /
                </span>
                <PracticeSwitcher />
              </div>
              <div className="flex items-center gap-2 lg:ml-auto lg:pl-4">
                <PaletteButton />
                <UserMenu user={scope.user} theme={theme} signOut={signOut} />
              </div>
            </div>
          </div>
          <EnvironmentBanner environment={scope.environment} />
        </header>
        <div className="mx-auto flex w-full max-w-[96rem] flex-1">
          <nav
            aria-label="Main"
            className="sticky top-24 hidden h-fit w-56 shrink-0 px-3 py-6 lg:block print:hidden"
          >
            <NavLinks />
          </nav>
          <main
            id="content"
            tabIndex={-1}
            className="min-w-0 flex-1 px-4 py-5 outline-none sm:px-6 lg:border-l lg:border-line lg:px-10 lg:py-6"
          >
            <div className="mx-auto max-w-6xl">{children}</div>
          </main>
        </div>
      </div>
      <SessionWarning />
      <Toaster />
    </ShellProvider>
  );
}
