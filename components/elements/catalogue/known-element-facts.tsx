import type { ReactNode } from "react";
import {
  type AttributeSource,
  type KnownElement,
  themeSteps,
} from "@/server/schemas/element-catalogue";

const sources: Record<AttributeSource, string> = {
  broker: "the portal",
  placement: "the placement",
  session: "your server",
};

const whoSets = (setBy: readonly AttributeSource[]) =>
  `Set by ${new Intl.ListFormat("en-GB", { type: "disjunction" }).format(
    setBy.map((source) => sources[source]),
  )}`;

/** What an element takes and tells. */
export function KnownElementFacts({ element }: { element: KnownElement }) {
  return (
    <div className="mt-4 grid gap-x-8 gap-y-5 border-t border-line pt-4 lg:grid-cols-2">
      <Part title="Attributes">
        <dl className="flex flex-col gap-2.5">
          {element.attributes.map(({ name, setBy, about }) => (
            <Term key={name} name={name} about={about} note={whoSets(setBy)} />
          ))}
        </dl>
      </Part>
      <div className="flex flex-col gap-5">
        <Part
          title="Events"
          note="Hints only: any script of a page can send the same. Take the truth from Hero's API."
        >
          <dl className="flex flex-col gap-2.5">
            {element.events.map(({ name, about }) => (
              <Term key={name} name={name} about={about} note="Hint" />
            ))}
          </dl>
        </Part>
        <Part title="Theme tokens" note={`Each in five steps: ${themeSteps.join(", ")}.`}>
          <dl className="flex flex-col gap-2.5">
            {element.themeGroups.map(({ name, about }) => (
              <Term key={name} name={`colours.${name}`} about={about} />
            ))}
            <Term name="font.sans" about="The font of all text" />
          </dl>
        </Part>
      </div>
    </div>
  );
}

function Part({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section>
      <h4 className="font-semibold">{title}</h4>
      {note ? <p className="mb-2 text-sm text-muted">{note}</p> : <div className="h-1.5" />}
      {children}
    </section>
  );
}

function Term({ name, about, note }: { name: string; about: string; note?: string }) {
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
