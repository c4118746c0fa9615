import { themeSteps } from "@/server/schemas/element-catalogue";
import { startingColours, type Theme, type ThemeColours, theme } from "@/server/schemas/theme";
import { z } from "@/server/schemas/zod";

/** What the editor holds; colours stay filled in while Hero's own are wanted. */
export type ThemeDraft = { look: "hero" | "own"; font: string; colours: ThemeColours };

export const draftOfTheme = (saved: Theme | null): ThemeDraft => ({
  look: saved?.colours ? "own" : "hero",
  font: saved?.font?.sans ?? "",
  colours: saved?.colours ?? startingColours,
});

function compose({ look, font, colours }: ThemeDraft): Theme | null {
  const sans = font.trim();
  if (look === "hero" && !sans) return null;
  return { ...(sans && { font: { sans } }), ...(look === "own" && { colours }) };
}

const isColour = (text: string) => /^#[0-9a-f]{6}$/i.test(text);

/** Whether every colour is one, so that they can be shown and scored. */
export const hasAllColours = ({ typography, primary }: ThemeColours) =>
  [typography, primary].every((group) => themeSteps.every((step) => isColour(group[step])));

/** The theme as it can be tried out, also with too little contrast; undefined while a colour is half typed. */
export function tryTheme(draft: ThemeDraft): Theme | null | undefined {
  if (draft.look === "own" && !hasAllColours(draft.colours)) return undefined;
  return compose(draft);
}

const draftSchema = z.unknown().transform((given, ctx) => {
  // The form's own values, which have no other shape than its boxes.
  const composed = compose(given as ThemeDraft);
  if (composed === null) return null;
  const read = theme.safeParse(composed);
  if (read.success) return read.data;
  for (const { path, message } of read.error.issues) {
    ctx.addIssue({ code: "custom", path: path[0] === "font" ? ["font"] : path, message });
  }
  return z.NEVER;
});

/** Reads the editor into a theme to save; null leaves everything to Hero. */
export const themeFields = draftSchema.transform((read) => ({
  theme: read,
})) as unknown as z.ZodType<{ theme: Theme | null }, ThemeDraft>;
