import { themeSteps } from "@/server/schemas/element-catalogue";
import { defaultColours, type Theme, type ThemeColours, theme } from "@/server/schemas/theme";
import { z } from "@/server/schemas/zod";

/** Colours keep their values while Hero's default is selected. */
export type ThemeDraft = { colourSource: "hero" | "custom"; font: string; colours: ThemeColours };

export const toThemeDraft = (saved: Theme | null): ThemeDraft => ({
  colourSource: saved?.colours ? "custom" : "hero",
  font: saved?.font?.sans ?? "",
  colours: saved?.colours ?? defaultColours,
});

function toTheme({ colourSource, font, colours }: ThemeDraft): Theme | null {
  const sans = font.trim();
  if (colourSource === "hero" && !sans) return null;
  return { ...(sans && { font: { sans } }), ...(colourSource === "custom" && { colours }) };
}

const isHexColour = (text: string) => /^#[0-9a-f]{6}$/i.test(text);

export const hasAllColours = ({ typography, primary }: ThemeColours) =>
  [typography, primary].every((group) => themeSteps.every((step) => isHexColour(group[step])));

/** May have too little contrast to be saved; undefined while a colour is incomplete. */
export function toPreviewTheme(draft: ThemeDraft): Theme | null | undefined {
  if (draft.colourSource === "custom" && !hasAllColours(draft.colours)) return undefined;
  return toTheme(draft);
}

const draftSchema = z.unknown().transform((input, ctx) => {
  // Only the form passes values to it.
  const themeInput = toTheme(input as ThemeDraft);
  if (themeInput === null) return null;
  const parsed = theme.safeParse(themeInput);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    ctx.addIssue({ code: "custom", path: path[0] === "font" ? ["font"] : path, message });
  }
  return z.NEVER;
});

/** A null theme uses Hero's default. */
export const themeFormSchema = draftSchema.transform((parsedTheme) => ({
  theme: parsedTheme,
})) as unknown as z.ZodType<{ theme: Theme | null }, ThemeDraft>;
