import type { ReactNode } from "react";
import type { Environment } from "@/server/schemas/environments";

/** Outlines, in production, an act that reaches patients, and says so. */
export function ProductionWarning({
  environment,
  text,
  isWide = false,
  children,
}: {
  environment: Environment;
  /** What reaches them, as a sentence. */
  text: string;
  /** As wide as there is room, for more than a button. */
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
