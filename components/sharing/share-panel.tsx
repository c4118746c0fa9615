"use client";

import {
  ChevronDown,
  ChevronRight,
  Code,
  Mail,
  MessageSquare,
  QrCode,
  Printer,
} from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Card } from "@/components/ui/card";
import { linkSubject } from "../links/labels";
import { heroCurlCommand, portalCurlCommand } from "./curl";
import { CurlPanel } from "./curl-panel";
import type { SharedLink } from "./message-templates";

// Each way of handing over is fetched when it is opened, not with the page.
const QrPanel = dynamic(() => import("./qr-panel").then((module) => module.QrPanel), {
  ssr: false,
});
const SmsPanel = dynamic(() => import("./message-panels").then((module) => module.SmsPanel), {
  ssr: false,
});
const EmailPanel = dynamic(() => import("./message-panels").then((module) => module.EmailPanel), {
  ssr: false,
});

type SharePanelProps = {
  scope: PortalScope;
  link: SharedLink;
  /** Where Hero and the portal answer, without a slash at the end. */
  baseUrls: { hero: string; portal: string };
};

/** The ways of giving a live link to patients, or to a program. An invite has no code and no poster. */
export function SharePanel({ scope, link, baseUrls }: SharePanelProps) {
  const isGeneric = link.audience === "generic";
  return (
    <Card padding="none" aria-labelledby="hand-over" className="overflow-hidden print:hidden">
      <div className="p-4 sm:p-5">
        <h2 id="hand-over" className="text-lg font-semibold">
          Hand it over
        </h2>
        <p className="mt-0.5 max-w-prose text-sm text-muted">
          {isGeneric
            ? "Anyone may have this link."
            : "This link is for one patient, so it has no QR code and no poster: send it to them alone."}
        </p>
      </div>
      {isGeneric ? (
        <>
          <ShareOption icon={<QrCode />} title="QR code" text="As PNG or SVG">
            <QrPanel url={link.url} subject={linkSubject(link)} />
          </ShareOption>
          <Link
            href={portalPath(scope, `/links/${link.id}/poster`)}
            prefetch={false}
            className={`${rowClasses} focus-visible:-outline-offset-2`}
          >
            <ShareOptionLabel
              icon={<Printer />}
              title="Poster"
              text="A4 or A5, English and Welsh"
            />
            <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-muted" />
          </Link>
        </>
      ) : null}
      <ShareOption icon={<MessageSquare />} title="Text message" text="With length and segments">
        <SmsPanel link={link} />
      </ShareOption>
      <ShareOption icon={<Mail />} title="E-mail" text="Subject and text">
        <EmailPanel link={link} />
      </ShareOption>
      <ShareOption icon={<Code />} title="API call" text="What would make the same link">
        <div className="flex flex-col gap-6">
          <CurlPanel
            target="Hero"
            description="Put your key for this practice in HERO_API_KEY. Hero makes another link each time it is asked."
            command={heroCurlCommand(link, baseUrls.hero)}
          />
          <CurlPanel
            target="the portal"
            description="Put a portal API key of this environment in PORTAL_API_KEY. The link stands in this ledger, and one idempotency key makes one link."
            command={portalCurlCommand(link, baseUrls.portal)}
          />
        </div>
      </ShareOption>
    </Card>
  );
}

const rowClasses =
  "flex min-h-13 cursor-pointer items-center gap-3 border-t border-line px-4 py-2.5 hover:bg-hover sm:px-5";

type ShareOptionLabelProps = { icon: ReactNode; title: string; text: string };

function ShareOptionLabel({ icon, title, text }: ShareOptionLabelProps) {
  return (
    <>
      <span aria-hidden="true" className="shrink-0 text-muted [&>svg]:size-5">
        {icon}
      </span>
      <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3">
        <span className="font-medium">{title}</span>
        <span className="text-sm text-muted">{text}</span>
      </span>
    </>
  );
}

/** One way of handing over; its body comes to life when it is opened. */
function ShareOption({ children, ...labelProps }: ShareOptionLabelProps & { children: ReactNode }) {
  const [hasOpened, setHasOpened] = useState(false);
  return (
    <details
      name="hand-over"
      className="group"
      onToggle={(event) => {
        if (event.currentTarget.open) setHasOpened(true);
      }}
    >
      <summary
        className={`${rowClasses} list-none focus-visible:-outline-offset-2 [&::-webkit-details-marker]:hidden`}
      >
        <ShareOptionLabel {...labelProps} />
        <ChevronDown
          aria-hidden="true"
          className="size-4 shrink-0 text-muted transition-transform group-open:rotate-180"
        />
      </summary>
      <div className="min-h-24 px-4 pt-2 pb-5 sm:px-5">{hasOpened ? children : null}</div>
    </details>
  );
}
