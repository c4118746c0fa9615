import type { Metadata } from "next";
import { getThemeFromCookie } from "@/app/theme-cookie";
import { SessionList } from "@/components/account/session-list";
import { SignedInFrame } from "@/components/account/signed-in-frame";
import { ButtonLink } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { PageHeader } from "@/components/ui/page-header";
import { formatTimestamp } from "@/server/schemas/dates";
import { requireAccountPage } from "@/server/portal/page-caller";
import { endSessions, signOut } from "./actions";

export const metadata: Metadata = { title: "Your account" };

export default async function AccountPage() {
  const { account, user } = await requireAccountPage();
  const sessions = await account.sessions();
  return (
    <SignedInFrame user={user} theme={await getThemeFromCookie()} signOut={signOut}>
      <PageHeader title="Your account" back={{ href: "/organisations", label: "Organisations" }} />
      <div className="flex flex-col gap-6">
        <Card aria-labelledby="about">
          <CardHeader
            id="about"
            title="About you"
            actions={<ButtonLink href="/forgot-password">Change password</ButtonLink>}
          />
          <DescriptionList>
            <DescriptionItem term="Name">{user.name}</DescriptionItem>
            <DescriptionItem term="Email address">{user.email}</DescriptionItem>
          </DescriptionList>
        </Card>
        <Card aria-labelledby="sessions">
          <CardHeader
            id="sessions"
            title="Where you are signed in"
            description="Sign out of any session you do not recognise, then change your password."
          />
          <SessionList
            endSessions={endSessions}
            sessions={sessions.map(({ id, userAgent, isCurrent, createdAt, lastSeenAt }) => ({
              id,
              userAgent,
              isCurrent,
              signedInAt: formatTimestamp(createdAt),
              lastSeenAt: formatTimestamp(lastSeenAt),
            }))}
          />
        </Card>
      </div>
    </SignedInFrame>
  );
}
