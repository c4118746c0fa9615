import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import type { ReactNode } from "react";
import { getThemeFromCookie } from "./theme-cookie";
import "./globals.css";

const hanken = localFont({
  src: "../node_modules/@fontsource-variable/hanken-grotesk/files/hanken-grotesk-latin-wght-normal.woff2",
  variable: "--font-hanken",
  weight: "100 900",
  display: "swap",
});

/** Welsh needs ŵ and ŷ; fetched only by pages that use them. */
const hankenExtended = localFont({
  src: "../node_modules/@fontsource-variable/hanken-grotesk/files/hanken-grotesk-latin-ext-wght-normal.woff2",
  variable: "--font-hanken-extended",
  weight: "100 900",
  display: "swap",
  preload: false,
  adjustFontFallback: false,
  declarations: [
    { prop: "unicode-range", value: "U+0100-0130, U+0132-0151, U+0154-02BA, U+1E00-1EFF" },
  ],
});

export const metadata: Metadata = {
  title: { default: "Partner Portal", template: "%s – Partner Portal" },
  description: "Connect GP practices and create booking links for patients.",
  robots: { index: false, follow: false },
  referrer: "same-origin",
  formatDetection: { telephone: false, date: false, address: false, email: false },
};

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#19171c" },
  ],
};

/** The theme is stored in a cookie, so that the first paint is right. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = await getThemeFromCookie();
  return (
    <html
      lang="en-GB"
      className={`${hanken.variable} ${hankenExtended.variable}`}
      data-theme={theme === "system" ? undefined : theme}
      // The theme menu changes the attribute in place.
      suppressHydrationWarning
    >
      <body className="font-sans antialiased">{children}</body>
    </html>
  );
}
