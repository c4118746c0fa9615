import "server-only";
import { cookies } from "next/headers";
import { parseTheme, type Theme, themeCookie } from "@/components/shell/theme";

/** The theme the user chose, from their cookie. */
export async function getThemeFromCookie(): Promise<Theme> {
  return parseTheme((await cookies()).get(themeCookie)?.value);
}
