import { FlaskConical, TriangleAlert } from "lucide-react";
import type { Environment } from "@/server/schemas/environments";

/** A banner in every environment except production. */
export function EnvironmentBanner({ environment }: { environment: Environment }) {
  if (environment === "production") return null;
  const isStaging = environment === "staging";
  const Icon = isStaging ? TriangleAlert : FlaskConical;
  return (
    <p
      className={`flex items-center justify-center gap-2 border-b px-4 py-1 text-center text-sm ${
        isStaging
          ? "border-transparent bg-band-staging text-on-band-staging"
          : "border-info-line bg-info-soft text-info"
      }`}
    >
      <Icon aria-hidden="true" className="size-3.5 shrink-0 max-sm:hidden" />
      <span>
        <strong className="font-semibold">{isStaging ? "Staging." : "Sandbox."}</strong>{" "}
        {isStaging
          ? "Hero's staging service, for testing."
          : "Practices and patients here are made up."}
      </span>
    </p>
  );
}
