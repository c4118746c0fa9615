import type { Environment } from "./environments";

/**
 * The elements that the portal can embed, as documented by Hero unless marked "assumed"
 * (https://developer.herohealth.net/pages/elements/web-component).
 */

/** Who sets an attribute: the portal, a placement for all of its sessions, or a session. */
export type AttributeSource = "portal" | "placement" | "session";

type ElementAttribute = {
  readonly name: string;
  readonly setBy: readonly AttributeSource[];
  readonly description: string;
};

type ElementEvent = {
  readonly name: string;
  readonly description: string;
  /** Nothing is unsaved after this event, so the element can be reloaded. */
  readonly endsDraft: boolean;
};

export type ThemeGroup = { readonly name: "typography" | "primary"; readonly description: string };

export type ElementDefinition = {
  readonly tag: string;
  readonly name: string;
  readonly description: string;
  /** On Hero's script host. The script changes without notice, so it cannot be pinned. */
  readonly scriptPath: `/${string}`;
  readonly attributes: readonly ElementAttribute[];
  /** Dispatched on `window`, where any script can do the same: never proof. */
  readonly events: readonly ElementEvent[];
  readonly themeGroups: readonly ThemeGroup[];
};

export const themeSteps = ["lightest", "light", "base", "dark", "darkest"] as const;
export type ThemeStep = (typeof themeSteps)[number];

export const elementTags = ["hh-message-builder"] as const;
export type ElementTag = (typeof elementTags)[number];

export const elementCatalogue: Record<ElementTag, ElementDefinition> = {
  "hh-message-builder": {
    tag: "hh-message-builder",
    name: "Message Builder",
    description: "Write and send a message to a patient of the practice.",
    scriptPath: "/message-builder/web-component/latest.js",
    attributes: [
      {
        name: "jwt-token",
        setBy: ["portal"],
        description: "The access token, valid for 30 minutes.",
      },
      { name: "tenant-id", setBy: ["portal"], description: "The practice group ID." },
      {
        name: "env",
        setBy: ["portal"],
        description:
          "staging or production. Hero uses staging if it is missing, so the portal always sets it.",
      },
      {
        name: "patient-id",
        setBy: ["session"],
        description: "Hero's ID of the patient to open with.",
      },
      {
        name: "admin-id",
        setBy: ["placement", "session"],
        description: "Hero's ID of the staff member. A label, not proof of who uses it.",
      },
      { name: "theme", setBy: ["placement"], description: "Colours and fonts." },
    ],
    events: [
      {
        name: "HHMB.MESSAGE_SENT",
        description: "The confirmation page is shown. The message is waiting to be sent.",
        endsDraft: true,
      },
      {
        name: "HHMB.MESSAGE_SENT_CONFIRM",
        description: "The confirmation page shows that the message was delivered.",
        endsDraft: true,
      },
    ],
    themeGroups: [
      { name: "typography", description: "Text" },
      { name: "primary", description: "Buttons and highlights" },
    ],
  },
};

export const isKnownElement = (tag: string): tag is ElementTag =>
  Object.hasOwn(elementCatalogue, tag);

/** Hero has two environments; the sandbox counts as staging. */
export const toHeroEnv = (environment: Environment): "staging" | "production" =>
  environment === "production" ? "production" : "staging";
