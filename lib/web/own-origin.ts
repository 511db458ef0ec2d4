import { headers } from "next/headers";

/** The public origin of the site, which our own server passes to Next in a header (page-headers.ts). */
export async function ownOrigin(): Promise<string> {
  const given = await headers();
  return `${given.get("x-forwarded-proto")}://${given.get("x-forwarded-host")}`;
}
