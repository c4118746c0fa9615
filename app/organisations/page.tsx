import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { signOut } from "@/app/account/actions";
import { getThemeFromCookie } from "@/app/theme-cookie";
import { OrganisationList } from "@/components/account/organisation-list";
import { SignedInFrame } from "@/components/account/signed-in-frame";
import { ButtonLink } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { requireAccountPage } from "@/server/portal/page-caller";

export const metadata: Metadata = { title: "Organisations" };

export default async function OrganisationsPage() {
  const { account, user } = await requireAccountPage();
  const { organisations, environments } = await account.me();
  const [environment = "sandbox"] = environments;
  const [firstOrganisation] = organisations;
  if (!firstOrganisation) redirect("/new-organisation");
  if (organisations.length === 1) redirect(`/${firstOrganisation.slug}/${environment}`);
  return (
    <SignedInFrame user={user} theme={await getThemeFromCookie()} signOut={signOut}>
      <PageHeader
        title="Organisations"
        description="Choose an organisation."
        actions={
          <ButtonLink href="/new-organisation" icon={<Plus />}>
            New organisation
          </ButtonLink>
        }
      />
      <OrganisationList organisations={organisations} environment={environment} />
    </SignedInFrame>
  );
}
