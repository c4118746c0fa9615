import type { ReactNode } from "react";
import {
  type AttributeSource,
  type ElementDefinition,
  themeSteps,
} from "@/server/schemas/element-catalogue";

const sourceNames: Record<AttributeSource, string> = {
  portal: "the portal",
  placement: "the placement",
  session: "your server",
};

const describeSources = (setBy: readonly AttributeSource[]) =>
  `Set by ${new Intl.ListFormat("en-GB", { type: "disjunction" }).format(
    setBy.map((source) => sourceNames[source]),
  )}`;

export function KnownElementDetails({ element }: { element: ElementDefinition }) {
  return (
    <div className="mt-4 grid gap-x-8 gap-y-5 border-t border-line pt-4 lg:grid-cols-2">
      <DetailSection title="Attributes">
        <dl className="flex flex-col gap-2.5">
          {element.attributes.map(({ name, setBy, description }) => (
            <DetailItem key={name} name={name} about={description} note={describeSources(setBy)} />
          ))}
        </dl>
      </DetailSection>
      <div className="flex flex-col gap-5">
        <DetailSection
          title="Events"
          note="Hints only: any script on the page can send the same event. Use Hero's API to confirm."
        >
          <dl className="flex flex-col gap-2.5">
            {element.events.map(({ name, description }) => (
              <DetailItem key={name} name={name} about={description} note="Hint" />
            ))}
          </dl>
        </DetailSection>
        <DetailSection
          title="Theme tokens"
          note={`Each has five shades: ${themeSteps.join(", ")}.`}
        >
          <dl className="flex flex-col gap-2.5">
            {element.themeGroups.map(({ name, description }) => (
              <DetailItem key={name} name={`colours.${name}`} about={description} />
            ))}
            <DetailItem name="font.sans" about="Font for all text" />
          </dl>
        </DetailSection>
      </div>
    </div>
  );
}

function DetailSection({
  title,
  note,
  children,
}: {
  title: string;
  note?: string;
  children: ReactNode;
}) {
  return (
    <section>
      <h4 className="font-semibold">{title}</h4>
      {note ? <p className="mb-2 text-sm text-muted">{note}</p> : <div className="h-1.5" />}
      {children}
    </section>
  );
}

function DetailItem({ name, about, note }: { name: string; about: string; note?: string }) {
  return (
    <div className="text-sm">
      <dt className="font-mono font-medium wrap-anywhere">{name}</dt>
      <dd className="text-muted">
        {about}
        {note ? ` ${/[.!?]$/.test(about) ? "" : "– "}${note}.` : null}
      </dd>
    </div>
  );
}
