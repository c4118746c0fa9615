import type { Metadata } from "next";
import { readChosenTheme } from "@/app/chosen-theme";
import { SessionList } from "@/components/account/session-list";
import { SignedInFrame } from "@/components/account/signed-in-frame";
import { Card, CardHeader } from "@/components/ui/card";
import { Fact, Facts } from "@/components/ui/facts";
import { PageHeader } from "@/components/ui/page-header";
import { formatMoment } from "@/server/schemas/dates";
import { openAccount } from "@/server/trpc/caller";
import { endSessions, signOut } from "./actions";

export const metadata: Metadata = { title: "Your account" };

export default async function AccountPage() {
  const { account, user } = await openAccount();
  const sessions = await account.sessions();
  return (
    <SignedInFrame user={user} theme={await readChosenTheme()} signOut={signOut}>
      <PageHeader title="Your account" back={{ href: "/organisations", label: "Organisations" }} />
      <div className="flex flex-col gap-6">
        <Card aria-labelledby="about">
          <CardHeader id="about" title="About you" />
          <Facts>
            <Fact term="Name">{user.name}</Fact>
            <Fact term="E-mail address">{user.email}</Fact>
          </Facts>
        </Card>
        <Card aria-labelledby="sessions">
          <CardHeader
            id="sessions"
            title="Where you are signed in"
            description="End what you do not know, and then choose a new password."
          />
          <SessionList
            endSessions={endSessions}
            sessions={sessions.map(({ id, userAgent, isCurrent, createdAt, lastSeenAt }) => ({
              id,
              userAgent,
              isCurrent,
              signedInAt: formatMoment(createdAt),
              lastSeenAt: formatMoment(lastSeenAt),
            }))}
          />
        </Card>
      </div>
    </SignedInFrame>
  );
}
