import type { ReactNode } from "react";
import { Logo } from "@/components/ui/logo";

type AccountFrameProps = {
  title: string;
  description?: ReactNode;
  children: ReactNode;
  /** The way to the neighbouring page. */
  footer?: ReactNode;
};

/** The page of somebody who is not signed in yet: one form, and beside it what the portal is. */
export function AccountFrame({ title, description, children, footer }: AccountFrameProps) {
  return (
    <div className="flex min-h-dvh flex-col lg:flex-row">
      <div className="flex flex-1 flex-col px-5 py-6 sm:px-8">
        <header>
          <Logo />
        </header>
        <main className="mx-auto flex w-full max-w-sm flex-1 flex-col justify-center py-10 sm:py-16">
          <h1 className="text-2xl font-semibold">{title}</h1>
          {description ? <div className="mt-2 text-muted">{description}</div> : null}
          <div className="mt-6">{children}</div>
          {footer ? <div className="mt-6 text-muted">{footer}</div> : null}
        </main>
      </div>
      <Aside />
    </div>
  );
}

/** The mark at the size of a wall, and three plain sentences. Narrow screens go without. */
function Aside() {
  return (
    <aside className="relative hidden w-[44%] max-w-3xl overflow-hidden border-l border-accent-line bg-accent-soft lg:flex print:hidden">
      <svg
        aria-hidden="true"
        viewBox="0 0 400 600"
        preserveAspectRatio="xMidYMax slice"
        className="absolute inset-0 size-full text-accent"
        fill="none"
      >
        <path
          d="M40 620V300a120 120 0 0 1 240 0v320"
          stroke="currentColor"
          strokeOpacity=".16"
          strokeWidth="2"
        />
        <path
          d="M70 620V300a90 90 0 0 1 180 0v320"
          stroke="currentColor"
          strokeOpacity=".16"
          strokeWidth="2"
        />
        <path
          d="M100 620V300a60 60 0 0 1 120 0v320"
          stroke="currentColor"
          strokeOpacity=".16"
          strokeWidth="2"
        />
        <path d="M150 620V390a120 120 0 0 1 240 0v230z" fill="currentColor" fillOpacity=".07" />
        <path d="M180 620V390a90 90 0 0 1 180 0v230z" fill="currentColor" fillOpacity=".07" />
        <path d="M210 620V390a60 60 0 0 1 120 0v230z" fill="currentColor" fillOpacity=".09" />
      </svg>
      <div className="relative flex max-w-md flex-col justify-center gap-6 self-start px-12 pt-[16vh] xl:px-16">
        <p className="text-3xl leading-10 font-semibold tracking-tight text-balance">
          Your service, and the practice’s door open to it.
        </p>
        <p className="max-w-sm text-lg text-muted">
          Connect GP practices, make booking links that patients use, and see what came of each one.
        </p>
      </div>
    </aside>
  );
}
