import { headers } from "next/headers";

/** The origin under which people see the site, as our own server tells it to Next (page-headers.ts). */
export async function ownOrigin(): Promise<string> {
  const given = await headers();
  return `${given.get("x-forwarded-proto")}://${given.get("x-forwarded-host")}`;
}
