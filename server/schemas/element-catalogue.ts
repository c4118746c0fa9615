import type { Environment } from "./environments";

/**
 * The elements that the portal knows, one entry each; a new one is one entry more. Everything here is
 * documented by Hero unless it says "assumed" (https://developer.herohealth.net/pages/elements/web-component).
 */

/** Who says what an attribute holds: the broker, from the session's own practice; a placement, for all of its sessions; or one session. */
export type AttributeSource = "broker" | "placement" | "session";

type ElementAttribute = {
  readonly name: string;
  readonly setBy: readonly AttributeSource[];
  readonly description: string;
};

type ElementEvent = {
  readonly name: string;
  readonly description: string;
  /** Whether what was being written is gone after it: nothing is lost by mounting anew. */
  readonly endsDraft: boolean;
};

export type ThemeGroup = { readonly name: "typography" | "primary"; readonly description: string };

export type ElementDefinition = {
  readonly tag: string;
  readonly name: string;
  readonly description: string;
  /** Where its script stands on Hero's script host. It changes without notice and cannot be pinned. */
  readonly scriptPath: `/${string}`;
  readonly attributes: readonly ElementAttribute[];
  /** Dispatched on `window`, where any script can do the same: hints, never proof. */
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
    description: "Writes and sends a message to a patient of the practice.",
    scriptPath: "/message-builder/web-component/latest.js",
    attributes: [
      {
        name: "jwt-token",
        setBy: ["broker"],
        description: "The access token; it lasts 30 minutes.",
      },
      { name: "tenant-id", setBy: ["broker"], description: "The practice group id." },
      {
        name: "env",
        setBy: ["broker"],
        description:
          "staging or production. Hero takes staging where it is left out, so it never is.",
      },
      {
        name: "patient-id",
        setBy: ["session"],
        description: "Hero's id of the patient it opens with.",
      },
      {
        name: "admin-id",
        setBy: ["placement", "session"],
        description:
          "Hero's id of the member of staff who uses it: a label, not proof of who they are.",
      },
      { name: "theme", setBy: ["placement"], description: "Colours and fonts." },
    ],
    events: [
      {
        name: "HHMB.MESSAGE_SENT",
        description: "The confirmation page is shown: the message waits to be sent.",
        endsDraft: true,
      },
      {
        name: "HHMB.MESSAGE_SENT_CONFIRM",
        description: "The confirmation page says that the message was delivered.",
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

/** What the element's `env` says. Hero has two; the sandbox stands in for staging. */
export const toHeroEnv = (environment: Environment): "staging" | "production" =>
  environment === "production" ? "production" : "staging";
