import Link from "next/link";
import type { ReactNode } from "react";
import { SkipLink } from "@/components/shell/skip-link";
import type { Theme } from "@/components/shell/theme";
import { UserMenu } from "@/components/shell/user-menu";
import { Logo } from "@/components/ui/logo";

type SignedInFrameProps = {
  user: { name: string; email: string };
  theme: Theme;
  signOut: () => Promise<void>;
  /** Narrow for one form, wide for lists. */
  width?: "narrow" | "wide";
  children: ReactNode;
};

/** The layout of signed-in pages outside any organisation. */
export function SignedInFrame({
  user,
  theme,
  signOut,
  width = "wide",
  children,
}: SignedInFrameProps) {
  return (
    <>
      <SkipLink />
      <header className="flex h-14 items-center justify-between gap-4 border-b border-line bg-surface px-4 sm:px-5 print:hidden">
        <Link
          href="/organisations"
          aria-label="Partner Portal, organisations"
          className="flex rounded-lg"
        >
          <Logo />
        </Link>
        <UserMenu user={user} theme={theme} signOut={signOut} />
      </header>
      <main
        id="content"
        tabIndex={-1}
        className={`mx-auto w-full px-4 py-10 outline-none sm:py-14 ${width === "narrow" ? "max-w-md" : "max-w-3xl"}`}
      >
        {children}
      </main>
    </>
  );
}
