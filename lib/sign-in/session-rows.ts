import { createHash, randomBytes } from "node:crypto";
import { and, desc, eq, gt, lte, ne, or, type Placeholder, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import type { SignInMethod } from "@/db/enums";
import { sessions } from "@/db/schema";
import { shownNetworkOf } from "@/lib/network/ip-address";
import { requestContext } from "@/lib/request-context";
import { areLocalPasswordsOn } from "./local-passwords";

/** The first that matches: the others' names stand in their user agents too, as "Safari" does in Chrome's. */
const browsers: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\b(?:OPR|OPiOS|Opera)\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|Chromium|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bVersion\/[\d.]+ (?:Mobile\/\w+ )?Safari\//, "Safari"],
];

const systems: [RegExp, string][] = [
  [/\b(?:iPhone|iPod)\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** Characters of a user agent that are looked at: it may be as long as a request's headers. */
const longest = 500;

/** "Firefox on Linux": one of the known names, and nothing else of what the client says of itself. */
export function browserName(userAgent: string | undefined): string {
  const text = userAgent?.slice(0, longest) ?? "";
  const browser = nameIn(browsers, text) ?? "Unknown browser";
  const system = nameIn(systems, text);
  return system ? `${browser} on ${system}` : browser;
}

function nameIn(names: [RegExp, string][], text: string): string | undefined {
  return names.find(([pattern]) => pattern.test(text))?.[1];
}

/** Seconds without use after which a session ends. */
export const idleLifetime = 2 * 60 * 60;
/** Sessions that a person has at most: with one more the one that was not used for longest ends. */
export const mostSessions = 100;

export type SessionOwner = { userId: string; method: SignInMethod };

/**
 * Makes a session and answers its token, which is stored only as a hash. Ends the one that the browser had before, so
 * that nobody who knew that one's token gains the new one's rights.
 */
export async function insertSession(tx: Tx, owner: SessionOwner, replacedToken: string | undefined): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  const { address = null, userAgent } = requestContext() ?? {};
  const isOver = or(lte(sessions.expiresAt, sql`now()`), isOneTooMany(tx, owner.userId));
  const isReplaced = replacedToken ? hasToken(replacedToken) : undefined;
  await tx.delete(sessions).where(or(and(eq(sessions.userId, owner.userId), isOver), isReplaced));
  await tx.insert(sessions).values({
    ...owner,
    tokenHash: hashOf(token),
    network: shownNetworkOf(address),
    browser: browserName(userAgent),
    expiresAt: secondsFromNow(idleLifetime),
  });
  return token;
}

function isOneTooMany(tx: Tx, userId: string): SQL {
  const tooMany = tx
    .select({ id: sessions.id })
    .from(sessions)
    .where(eq(sessions.userId, userId))
    .orderBy(desc(sessions.lastSeenAt), desc(sessions.createdAt))
    .offset(mostSessions - 1);
  return sql`${sessions.id} in ${tooMany}`;
}

/** Not over, and begun by what people may still sign in with. */
export function isLive(): SQL | undefined {
  return and(gt(sessions.expiresAt, sql`now()`), areLocalPasswordsOn() ? undefined : ne(sessions.method, "password"));
}

export function hasToken(token: string | Placeholder): SQL {
  return eq(sessions.tokenHash, typeof token === "string" ? hashOf(token) : token);
}

export function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

export function secondsFromNow(seconds: number): SQL {
  return sql`now() + make_interval(secs => ${seconds})`;
}
