"use client";

import { Failure } from "@/components/ui/failure";
import { Logo } from "@/components/ui/logo";

type ErrorPageProps = { error: Error & { digest?: string }; retry: () => void };

export default function ErrorPage({ error, retry }: ErrorPageProps) {
  return (
    <div className="flex min-h-dvh flex-col px-5 py-6 sm:px-8">
      <header>
        <Logo />
      </header>
      <main className="mx-auto flex w-full max-w-lg flex-1 flex-col justify-center py-10">
        <h1 className="sr-only">Something went wrong</h1>
        <Failure title="This page could not be shown" reference={error.digest} retry={retry}>
          Something went wrong on our side. Nothing you entered elsewhere is lost.
        </Failure>
      </main>
    </div>
  );
}
