import type { ReactNode } from "react";
import { Logo } from "@/components/ui/logo";

type AccountFrameProps = {
  title: string;
  description?: ReactNode;
  children: ReactNode;
  /** Links to related pages. */
  footer?: ReactNode;
};

/** A page for signed-out users: one form, with the brand panel beside it. */
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
      <BrandPanel />
    </div>
  );
}

/** A large mark and what the portal is for; hidden on narrow screens. */
function BrandPanel() {
  return (
    <aside className="relative hidden w-[44%] max-w-3xl overflow-hidden border-l border-accent-line bg-accent-soft lg:flex print:hidden">
      <svg
        aria-hidden="true"
        viewBox="0 0 400 400"
        preserveAspectRatio="xMidYMax slice"
        className="absolute inset-x-0 bottom-0 h-[56%] w-full overflow-visible text-accent"
        fill="none"
      >
        <g stroke="currentColor" strokeOpacity=".2" strokeWidth="1.5">
          <path d="M20 420V200a120 120 0 0 1 240 0v220" />
          <path d="M50 420V200a90 90 0 0 1 180 0v220" />
          <path d="M80 420V200a60 60 0 0 1 120 0v220" />
        </g>
        <g fill="currentColor" fillOpacity=".08">
          <path d="M140 420V240a120 120 0 0 1 240 0v180z" />
          <path d="M170 420V240a90 90 0 0 1 180 0v180z" />
          <path d="M200 420V240a60 60 0 0 1 120 0v180z" />
        </g>
      </svg>
      <div className="relative flex max-w-md flex-col justify-center gap-6 self-start px-12 pt-[14vh] xl:px-16">
        <p className="text-3xl leading-10 font-semibold tracking-tight text-balance">
          Bookings at GP practices, from your own service.
        </p>
        <p className="max-w-sm text-lg text-muted">
          Connect GP practices, create booking links for patients, and see how each one is used.
        </p>
      </div>
    </aside>
  );
}
