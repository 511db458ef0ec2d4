import type { Metadata } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { StyleNonce } from "@/components/nonce";
import { SkipLink } from "@/components/skip-link";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "veHaaS", template: "%s · veHaaS" },
  description: "Access tokens for the veHaaS API.",
};

/** Reading the nonce makes every page dynamic, the error pages too: a page made at build time would know none. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? "";
  return (
    <html lang="en">
      <body>
        <StyleNonce nonce={nonce} />
        <SkipLink />
        {children}
      </body>
    </html>
  );
}
