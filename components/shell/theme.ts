export type Theme = "system" | "light" | "dark";

export const themeCookie = "theme";

/** The theme a cookie stands for; anything unknown is the system's. */
export function parseTheme(value: string | undefined): Theme {
  return value === "light" || value === "dark" ? value : "system";
}

/** Applies a theme to the open page and remembers it for a year in this browser. */
export function saveTheme(theme: Theme): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  const maxAge = theme === "system" ? "max-age=0" : "max-age=31536000";
  document.cookie = `${themeCookie}=${theme}; path=/; ${maxAge}; samesite=lax${secure}`;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
