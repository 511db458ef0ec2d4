import type { Metadata } from "next";
import type { ReactNode } from "react";
import icon from "@/components/icon.svg";
import { Announcements } from "@/components/ui/announcements";
import { keptTheme } from "@/lib/web/theme-cookie";
// With the layout's scripts: from a file of its own, it would be one more on every page (record 0130).
import "./error";
import "./globals.css";
import { barColors } from "./theme/theme";

export const metadata: Metadata = {
  description: "Access tokens for the veHaaS API.",
};

/** Renders every page per request, including error pages: a page rendered at build time has no nonce. */
export const dynamic = "force-dynamic";

/** Waits for nothing: what waits is rendered twice (record 0128). */
export default function RootLayout({ children }: { children: ReactNode }) {
  const theme = keptTheme();
  return (
    <html lang="en" data-theme={theme}>
      <head>
        {theme ? (
          <meta name="theme-color" content={barColors[theme]} />
        ) : (
          <>
            <meta name="theme-color" media="(prefers-color-scheme: light)" content={barColors.light} />
            <meta name="theme-color" media="(prefers-color-scheme: dark)" content={barColors.dark} />
          </>
        )}
        {/* Next's file convention for icons would add a browser component to each page (record 0059). */}
        <link rel="icon" href={icon.src} sizes="any" type="image/svg+xml" />
      </head>
      <body>
        {/* The first focusable element of the page. Hidden until it has the focus. */}
        <a
          href="#content"
          className="sr-only rounded-md bg-raised font-medium text-accent shadow-overlay focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-10 focus:px-3 focus:py-2"
        >
          Skip to content
        </a>
        <Announcements>{children}</Announcements>
      </body>
    </html>
  );
}
