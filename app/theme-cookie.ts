import "server-only";
import { cookies } from "next/headers";
import { parseTheme, type Theme, themeCookie } from "@/components/shell/theme";

/** The theme this reader chose, from the cookie. */
export async function getThemeFromCookie(): Promise<Theme> {
  return parseTheme((await cookies()).get(themeCookie)?.value);
}
