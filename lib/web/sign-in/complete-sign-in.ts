import { NextRequest, NextResponse } from "next/server";
import { signInPath } from "@/lib/web/callback-path";
import { handlers } from "./auth";
import { isIdentityProviderConfigured } from "./identity-provider";

/** Handles the identity provider's redirect back. Every failure ends on the sign-in page with a message. */
export async function completeSignIn(request: NextRequest): Promise<Response> {
  if (!isIdentityProviderConfigured()) return new Response("Not found.\n", { status: 404 });
  const address = publicAddress(request);
  const answer = await handlers.GET(new NextRequest(address, request));
  const target = answer.headers.get("location");
  const error = target ? errorIn(target) : "Configuration";
  return error ? NextResponse.redirect(new URL(signInPath(wayBack(request), error), address)) : answer;
}

/** The URL as the browser sees it. Behind our server Next knows neither host nor port, which next-auth compares. */
function publicAddress(request: NextRequest): URL {
  const { pathname, search } = request.nextUrl;
  const [protocol, host] = ["proto", "host"].map((name) => request.headers.get(`x-forwarded-${name}`));
  return new URL(pathname + search, `${protocol}://${host}`);
}

function errorIn(target: string): string | null {
  const { pathname, searchParams } = new URL(target);
  return pathname === "/sign-in" ? (searchParams.get("error") ?? "Configuration") : null;
}

/** The path that next-auth stored in a cookie before the sign-in. */
function wayBack({ cookies }: NextRequest): string | null {
  const kept = ["__Secure-authjs.callback-url", "authjs.callback-url"].map((name) => cookies.get(name)?.value);
  const address = kept.find((value) => value && URL.canParse(value));
  if (!address) return null;
  const { pathname, search, hash } = new URL(address);
  return pathname + search + hash;
}
