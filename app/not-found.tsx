import type { Metadata } from "next";
import { PlainLink } from "@/components/account/plain-link";
import { Logo } from "@/components/ui/logo";

export const metadata: Metadata = { title: "Page not found" };

export default function NotFoundPage() {
  return (
    <div className="flex min-h-dvh flex-col px-5 py-6 sm:px-8">
      <header>
        <Logo />
      </header>
      <main className="mx-auto flex w-full max-w-md flex-1 flex-col justify-center py-10">
        <h1 className="text-2xl font-semibold">Page not found</h1>
        <p className="mt-2 text-muted">
          Check the web address, or that you are signed in to the right account. You may not have
          access to this page.
        </p>
        <div className="mt-6">
          <PlainLink href="/organisations" asButton>
            Go to your organisations
          </PlainLink>
        </div>
      </main>
    </div>
  );
}
