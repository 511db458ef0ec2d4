import type { Metadata } from "next";
import { connection } from "next/server";
import type { ReactNode } from "react";
import icon from "@/components/icon.svg";
import { SkipLink } from "@/components/skip-link";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "veHaaS", template: "%s · veHaaS" },
  description: "Access tokens for the veHaaS API.",
};

/** Every page is made for its request, the error pages too: one made at build time would know no nonce. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  await connection();
  return (
    <html lang="en">
      <head>
        {/* Not Next's icon by its file name: that costs each page a component of the browser. */}
        <link rel="icon" href={icon.src} sizes="any" type="image/svg+xml" />
      </head>
      <body>
        <SkipLink />
        {children}
      </body>
    </html>
  );
}
