export type Theme = "system" | "light" | "dark";

export const themeCookie = "theme";

/** The theme in a cookie; unknown values give the system theme. */
export function parseTheme(value: string | undefined): Theme {
  return value === "light" || value === "dark" ? value : "system";
}

/** Applies a theme to the page and stores it in a cookie for a year. */
export function saveTheme(theme: Theme): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  const maxAge = theme === "system" ? "max-age=0" : "max-age=31536000";
  document.cookie = `${themeCookie}=${theme}; path=/; ${maxAge}; samesite=lax${secure}`;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
