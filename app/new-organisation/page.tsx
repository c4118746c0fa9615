import type { Metadata } from "next";
import { signOut } from "@/app/account/actions";
import { getThemeFromCookie } from "@/app/theme-cookie";
import { NewOrganisationForm } from "@/components/account/new-organisation-form";
import { SignedInFrame } from "@/components/account/signed-in-frame";
import { PageHeader } from "@/components/ui/page-header";
import { requireAccountPage } from "@/server/portal/page-caller";
import { createOrganisation } from "./actions";

export const metadata: Metadata = { title: "New organisation" };

export default async function NewOrganisationPage() {
  const { account, user } = await requireAccountPage();
  const { organisations } = await account.me();
  const isFirst = organisations.length === 0;
  return (
    <SignedInFrame user={user} theme={await getThemeFromCookie()} signOut={signOut} width="narrow">
      <PageHeader
        title={isFirst ? "Name your organisation" : "New organisation"}
        description="Practices, links and colleagues belong to an organisation. Other organisations cannot see yours."
        back={isFirst ? undefined : { href: "/organisations", label: "Organisations" }}
      />
      <NewOrganisationForm action={createOrganisation} />
    </SignedInFrame>
  );
}
