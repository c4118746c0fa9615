import { themeSteps } from "@/server/schemas/element-catalogue";
import { defaultColours, type Theme, type ThemeColours, theme } from "@/server/schemas/theme";
import { z } from "@/server/schemas/zod";

/** What the editor holds; colours stay filled in while Hero's own are wanted. */
export type ThemeDraft = { colourSource: "hero" | "own"; font: string; colours: ThemeColours };

export const toThemeDraft = (saved: Theme | null): ThemeDraft => ({
  colourSource: saved?.colours ? "own" : "hero",
  font: saved?.font?.sans ?? "",
  colours: saved?.colours ?? defaultColours,
});

function toTheme({ colourSource, font, colours }: ThemeDraft): Theme | null {
  const sans = font.trim();
  if (colourSource === "hero" && !sans) return null;
  return { ...(sans && { font: { sans } }), ...(colourSource === "own" && { colours }) };
}

const isHexColour = (text: string) => /^#[0-9a-f]{6}$/i.test(text);

/** Whether every colour is one, so that they can be shown and scored. */
export const hasAllColours = ({ typography, primary }: ThemeColours) =>
  [typography, primary].every((group) => themeSteps.every((step) => isHexColour(group[step])));

/** The theme as it can be tried out, also with too little contrast; undefined while a colour is half typed. */
export function toPreviewTheme(draft: ThemeDraft): Theme | null | undefined {
  if (draft.colourSource === "own" && !hasAllColours(draft.colours)) return undefined;
  return toTheme(draft);
}

const draftSchema = z.unknown().transform((input, ctx) => {
  // The form's own values, which have no other shape than its boxes.
  const themeInput = toTheme(input as ThemeDraft);
  if (themeInput === null) return null;
  const parsed = theme.safeParse(themeInput);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    ctx.addIssue({ code: "custom", path: path[0] === "font" ? ["font"] : path, message });
  }
  return z.NEVER;
});

/** Reads the editor into a theme to save; null leaves everything to Hero. */
export const themeFormSchema = draftSchema.transform((parsedTheme) => ({
  theme: parsedTheme,
})) as unknown as z.ZodType<{ theme: Theme | null }, ThemeDraft>;
