import type { ReactNode } from "react";
import type { Environment } from "@/server/schemas/environments";

/** In production, outlines an action that affects patients and shows a warning. */
export function ProductionWarning({
  environment,
  text,
  isWide = false,
  children,
}: {
  environment: Environment;
  /** What affects patients, as a sentence. */
  text: string;
  /** Full width, for more than a button. */
  isWide?: boolean;
  children: ReactNode;
}) {
  if (environment !== "production") return children;
  return (
    <div
      className={`flex max-w-full flex-col gap-2 rounded-lg border-2 border-danger p-2 ${isWide ? "w-full" : "w-fit"}`}
    >
      {children}
      <p className="text-sm text-danger">{text}</p>
    </div>
  );
}
