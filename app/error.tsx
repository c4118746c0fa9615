"use client";

import { ErrorPanel } from "@/components/ui/error-panel";
import { Logo } from "@/components/ui/logo";

type ErrorPageProps = { error: Error & { digest?: string }; retry: () => void };

export default function ErrorPage({ error, retry }: ErrorPageProps) {
  return (
    <div className="flex min-h-dvh flex-col px-5 py-6 sm:px-8">
      <header>
        <Logo />
      </header>
      <main className="mx-auto flex w-full max-w-lg flex-1 flex-col justify-center py-10">
        <ErrorPanel error={error} retry={retry}>
          Something went wrong. Nothing you saved has been lost.
        </ErrorPanel>
      </main>
    </div>
  );
}
