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

// Each option is loaded when it is opened, not with the page.
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
  /** The base addresses of the Hero and portal APIs, without a trailing slash. */
  baseUrls: { hero: string; portal: string };
};

/** Ways to share a live link. An invite has no QR code and no poster. */
export function SharePanel({ scope, link, baseUrls }: SharePanelProps) {
  const isGeneric = link.audience === "generic";
  return (
    <Card padding="none" aria-labelledby="share" className="overflow-hidden print:hidden">
      <div className="p-4 sm:p-5">
        <h2 id="share" className="text-lg font-semibold">
          Share
        </h2>
        <p className="mt-0.5 max-w-prose text-sm text-muted">
          {isGeneric
            ? "You can share this link with anyone."
            : "Send this link to its patient only. It has no QR code or poster."}
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
      <ShareOption icon={<MessageSquare />} title="Text message" text="Message and its length">
        <SmsPanel link={link} />
      </ShareOption>
      <ShareOption icon={<Mail />} title="Email" text="Subject and message">
        <EmailPanel link={link} />
      </ShareOption>
      <ShareOption icon={<Code />} title="API call" text="Create this link with the API">
        <div className="flex flex-col gap-6">
          <CurlPanel
            target="Hero API"
            description="Set HERO_API_KEY to your key for this practice. Each call creates another link."
            command={heroCurlCommand(link, baseUrls.hero)}
          />
          <CurlPanel
            target="Portal API"
            description="Set PORTAL_API_KEY to an API key of this environment. The link appears here. Reusing the idempotency key returns the same link."
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

/** One way to share; its content loads when it is opened. */
function ShareOption({ children, ...labelProps }: ShareOptionLabelProps & { children: ReactNode }) {
  const [hasOpened, setHasOpened] = useState(false);
  return (
    <details
      name="share-option"
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
