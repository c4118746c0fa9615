"use client";

import "./globals.css";
import ErrorPage from "./error";

type GlobalErrorProps = { error: Error & { digest?: string }; retry: () => void };

/** Replaces the whole document when the root layout fails. */
export default function GlobalError(props: GlobalErrorProps) {
  return (
    <html lang="en-GB">
      <body className="font-sans antialiased">
        <title>Something went wrong – Partner Portal</title>
        <ErrorPage {...props} />
      </body>
    </html>
  );
}
