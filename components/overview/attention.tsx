import {
  ChevronRight,
  CircleCheck,
  CircleHelp,
  FileDiff,
  KeyRound,
  TriangleAlert,
} from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { elementName } from "@/components/elements/element-name";
import { linkTitle } from "@/components/links/words";
import { practiceLabel } from "@/components/practices/words";
import { type Place, portalPath } from "@/components/shell/portal-path";
import type { WatchedScript } from "@/server/schemas/elements";
import type { LinkView } from "@/server/schemas/links";
import type { PracticeView } from "@/server/schemas/practices";

type ItemProps = { href: string; mark: ReactNode; title: string; children: ReactNode };

function Item({ href, mark, title, children }: ItemProps) {
  return (
    <li className="border-t border-line first:border-t-0">
      <Link href={href} className="flex items-center gap-3 px-4 py-3 hover:bg-hover sm:px-5">
        <span aria-hidden="true" className="shrink-0 [&>svg]:size-5">
          {mark}
        </span>
        <span className="min-w-0 flex-1">
          <span className="block font-medium">{title}</span>
          <span className="block text-sm text-muted">{children}</span>
        </span>
        <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-subtle" />
      </Link>
    </li>
  );
}

type AttentionProps = {
  place: Place;
  practices: readonly PracticeView[];
  /** Links whose fate is unknown. */
  lost: readonly LinkView[];
  /** Hero's scripts for elements; those that changed are shown. */
  scripts: readonly WatchedScript[];
};

/** What a person has to look at: practices that do not answer, links whose fate is unknown, and changed scripts. */
export function Attention({ place, practices, lost, scripts }: AttentionProps) {
  const ailing = practices.filter(({ health }) => health !== "working");
  const changed = scripts.filter(({ needsLook }) => needsLook);
  if (ailing.length + lost.length + changed.length === 0) {
    return (
      <p className="flex items-center gap-2 text-muted">
        <CircleCheck aria-hidden="true" className="size-4 shrink-0 text-live" />
        Nothing needs your attention.{" "}
        {practices.length === 1
          ? "The practice answered when it was last tested."
          : `All practices (${practices.length}) answered when they were last tested.`}
      </p>
    );
  }
  return (
    <section aria-labelledby="attention">
      <h2 id="attention" className="mb-3 text-lg font-semibold">
        Needs attention
      </h2>
      <ul className="overflow-hidden rounded-lg border border-ending-line bg-surface">
        {ailing.map((practice) => (
          <Item
            key={practice.id}
            href={portalPath(place, `/practices/${practice.id}`)}
            mark={
              practice.health === "needs_new_key" ? (
                <KeyRound className="text-danger" />
              ) : (
                <TriangleAlert className="text-ending" />
              )
            }
            title={
              practice.health === "needs_new_key"
                ? `${practiceLabel(practice)} needs a new key`
                : `${practiceLabel(practice)} does not answer`
            }
          >
            {practice.healthReason}
          </Item>
        ))}
        {lost.map((link) => (
          <Item
            key={link.id}
            href={portalPath(place, `/links/${link.id}`)}
            mark={<CircleHelp className="text-unknown" />}
            title={`${linkTitle(link)}: it is not known whether this link exists`}
          >
            Check with {link.practice.name} before making another.
          </Item>
        ))}
        {changed.map(({ tag }) => (
          <Item
            key={tag}
            href={portalPath(place, "/elements#scripts")}
            mark={<FileDiff className="text-ending" />}
            title={`Hero changed the script of ${elementName(tag)}`}
          >
            Nobody of your organisation has looked at the new version yet.
          </Item>
        ))}
      </ul>
    </section>
  );
}
