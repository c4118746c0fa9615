import Link from "next/link";
import { count } from "@/components/practices/words";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { CopyButton } from "@/components/ui/copy-button";
import { BareDate } from "@/components/ui/moment";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { describeDistance, ukDateOf } from "@/server/schemas/dates";
import type { LinkView } from "@/server/schemas/links";
import { StateBadge } from "./state-badge";
import {
  audienceNames,
  describeWindow,
  isBookable,
  linkSubject,
  linkTitle,
  wasMade,
} from "./words";

/** How far off the end is, where the link has one: a closed link ended when it was closed. */
function describeEnd(link: LinkView, today: string): string | null {
  if (link.closedAt) {
    return `closed ${describeDistance(ukDateOf(new Date(link.closedAt)), today)}`;
  }
  return wasMade(link) ? describeDistance(link.expiresOn, today) : null;
}

type LinkListProps = {
  place: Place;
  /** The practice the list is narrowed to, kept in the addresses it leads to. */
  practiceId: string | undefined;
  links: readonly LinkView[];
  /** The day it is in the United Kingdom. */
  today: string;
};

/** The ledger, newest first. A link that patients cannot book with has nothing to copy. */
export function LinkList({ place, practiceId, links, today }: LinkListProps) {
  return (
    <TableFrame label="Booking links">
      <Table cardsOnPhones className="sm:[&_td]:px-3 sm:[&_th]:px-3">
        <thead>
          <tr>
            <Th>Link</Th>
            <Th>State</Th>
            <Th>Practice</Th>
            <Th>Window</Th>
            <Th>Expires</Th>
            <Th numeric>Uses</Th>
            <Th>Owner</Th>
            <Th>
              <span className="sr-only">Copy</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {links.map((link) => (
            <tr key={link.id}>
              <Td>
                <div className="min-w-44 wrap-anywhere">
                  <Link
                    href={portalPath(place, `/links/${link.id}`, { practice: practiceId })}
                    className="link font-medium"
                  >
                    <bdi>{linkTitle(link)}</bdi>
                  </Link>
                  <div className="text-sm text-muted">
                    {audienceNames[link.audience]}
                    {link.name ? ` · ${linkSubject(link)}` : null}
                  </div>
                </div>
              </Td>
              <Td label="State">
                <StateBadge state={link.state} />
              </Td>
              <Td label="Practice">
                <div className="min-w-28 wrap-anywhere">{link.practice.name}</div>
              </Td>
              <Td label="Window">
                <div className="min-w-24 text-sm">{describeWindow(link)}</div>
              </Td>
              <Td label="Expires">
                <div className="text-sm whitespace-nowrap">
                  <BareDate date={link.expiresOn} />
                  <div className="text-muted">{describeEnd(link, today)}</div>
                </div>
              </Td>
              <Td numeric label="Uses">
                {wasMade(link) ? (
                  <div className="whitespace-nowrap">
                    <span className="font-medium">{link.uses}</span>
                    <span className="text-muted">
                      {" "}
                      / {link.maximumUses.toLocaleString("en-GB")}
                    </span>
                    <div className="text-sm text-muted">{count(link.opens, "open")}</div>
                  </div>
                ) : (
                  <span className="text-muted">
                    <span aria-hidden="true">–</span>
                    <span className="sr-only">None</span>
                  </span>
                )}
              </Td>
              <Td label="Owner">
                <div className="min-w-20 text-sm">{link.createdBy}</div>
              </Td>
              <Td className="sm:w-px sm:pl-0" label={isBookable(link) ? "Address" : undefined}>
                {isBookable(link) ? (
                  <CopyButton
                    value={link.url}
                    label={`Copy link: ${linkTitle(link)}`}
                    iconOnly
                    size="sm"
                  />
                ) : null}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
