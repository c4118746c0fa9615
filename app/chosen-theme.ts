import "server-only";
import { cookies } from "next/headers";
import { readTheme, type Theme, themeCookie } from "@/components/shell/theme";

/** The theme this reader chose, from the cookie. */
export async function readChosenTheme(): Promise<Theme> {
  return readTheme((await cookies()).get(themeCookie)?.value);
}
