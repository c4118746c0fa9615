import { PageTabs } from "@/components/shell/page-tabs";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";

type PatientsTabsProps = {
  scope: PortalScope;
  permissions: readonly string[];
  /** Merge requests of colleagues that this person can decide. */
  waitingMerges: number;
  current: "Find a patient" | "Merges";
};

/** The pages about all patients; none for a person who sees one of them only. */
export function PatientsTabs({ scope, permissions, waitingMerges, current }: PatientsTabsProps) {
  if (!["patients.read", "patients.merge"].every((name) => permissions.includes(name))) return null;
  return (
    <PageTabs
      label="Patients"
      current={current}
      tabs={[
        { href: portalPath(scope, "/patients"), label: "Find a patient" },
        {
          href: portalPath(scope, "/merges"),
          label: "Merges",
          count: { value: waitingMerges, explanation: "waiting for you" },
        },
      ]}
    />
  );
}
