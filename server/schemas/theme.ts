import { type ThemeStep, themeSteps } from "./element-catalogue";
import { z } from "./zod";

/** Six digits only, so that contrast can be calculated and nothing else can be injected. */
const colour = z
  .string({ error: "Enter a colour such as #005eb8." })
  .trim()
  .toLowerCase()
  .regex(/^#[0-9a-f]{6}$/, { error: "Enter a colour such as #005eb8." });

const steps = z.object(
  Object.fromEntries(themeSteps.map((step) => [step, colour])) as Record<ThemeStep, typeof colour>,
);

/** All steps or none: the contrast of a partial group could not be checked. */
const colours = z.object({ typography: steps, primary: steps });
export type ThemeColours = z.infer<typeof colours>;

const channel = (hex: string) => {
  const value = Number.parseInt(hex, 16) / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};

const luminance = (hex: string) =>
  0.2126 * channel(hex.slice(1, 3)) +
  0.7152 * channel(hex.slice(3, 5)) +
  0.0722 * channel(hex.slice(5, 7));

/** The contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
function contrastRatio(first: string, second: string): number {
  const [darker = 0, lighter = 0] = [luminance(first), luminance(second)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

export const minContrast = 4.5;

type ColourPair = {
  name: string;
  text: readonly ["typography", ThemeStep];
  background: readonly ["primary", ThemeStep] | "white";
};

/** Assumed: Hero does not document where it uses each token. */
const themePairs: readonly ColourPair[] = [
  { name: "Text on the page", text: ["typography", "base"], background: "white" },
  { name: "Strong text on the page", text: ["typography", "dark"], background: "white" },
  { name: "Headings on the page", text: ["typography", "darkest"], background: "white" },
  {
    name: "Text in a highlighted box",
    text: ["typography", "darkest"],
    background: ["primary", "lightest"],
  },
  { name: "Text on a button", text: ["typography", "lightest"], background: ["primary", "base"] },
  {
    name: "Text on a pressed button",
    text: ["typography", "lightest"],
    background: ["primary", "dark"],
  },
];

export type ColourPairContrast = ColourPair & { ratio: number; isSufficient: boolean };

/** Rounded down, so that 4.499 is not shown as 4.5. */
export function measureContrast(themeColours: ThemeColours): ColourPairContrast[] {
  return themePairs.map((pair) => {
    const text = themeColours[pair.text[0]][pair.text[1]];
    const background =
      pair.background === "white"
        ? "#ffffff"
        : themeColours[pair.background[0]][pair.background[1]];
    const ratio = Math.floor(contrastRatio(text, background) * 100) / 100;
    return { ...pair, ratio, isSufficient: ratio >= minContrast };
  });
}

/**
 * In the shape of the element's `theme` property. Without `loadFonts`, which would fetch fonts from hosts
 * that the content security policy does not allow.
 */
export const theme = z.object(
  {
    font: z
      .object({
        sans: z
          .string({ error: "Enter a font family." })
          .trim()
          .regex(/^[A-Za-z0-9 ,"'-]{1,120}$/, {
            error:
              "A font family can only have letters, digits, spaces, commas, quotes and hyphens.",
          }),
      })
      .optional(),
    colours: colours
      .superRefine((themeColours, ctx) => {
        for (const { name, text, ratio, isSufficient } of measureContrast(themeColours)) {
          if (isSufficient) continue;
          ctx.addIssue({
            code: "custom",
            path: [...text],
            message: `${name} has a contrast of ${ratio.toFixed(2)} to 1; it needs ${minContrast} to 1.`,
          });
        }
      })
      .optional(),
  },
  { error: "Enter a theme with colours or a font." },
);
export type Theme = z.infer<typeof theme>;

/** The editor's initial colours. All pairs pass. */
export const defaultColours: ThemeColours = {
  typography: {
    lightest: "#ffffff",
    light: "#8fa3b8",
    base: "#44586c",
    dark: "#25384a",
    darkest: "#0f1f2e",
  },
  primary: {
    lightest: "#e6f0fa",
    light: "#7fb2e5",
    base: "#005eb8",
    dark: "#004a91",
    darkest: "#00305e",
  },
};
