import { hash, randomBytes } from "node:crypto";
import { and, desc, eq, gt, lte, ne, or, type Placeholder, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import type { SignInMethod } from "@/db/enums";
import { sessions } from "@/db/schema";
import { shownNetworkOf } from "@/lib/network/ip-address";
import { requestContext } from "@/lib/request-context";
import { areLocalPasswordsOn } from "./local-passwords";

/** The first match wins, since a user agent also contains other browsers' names: Chrome's contains "Safari". */
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

/** Characters of the user agent that are read; it may be as long as a request's headers. */
const longest = 500;

/** Such as "Firefox on Linux". Only known names are returned, never text from the user agent. */
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
/** Maximum number of sessions per person; one more ends the least recently used. */
export const mostSessions = 100;

export type SessionOwner = { userId: string; method: SignInMethod };

/**
 * Creates a session and returns its token, which is stored only as a hash. Deletes the browser's previous session, so
 * that an attacker who knew its token does not gain the new one's rights.
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

/** Not expired, and begun by a method that is still allowed. */
export function isLive(): SQL | undefined {
  return and(gt(sessions.expiresAt, sql`now()`), areLocalPasswordsOn() ? undefined : ne(sessions.method, "password"));
}

export function hasToken(token: string | Placeholder): SQL {
  return eq(sessions.tokenHash, typeof token === "string" ? hashOf(token) : token);
}

export function hashOf(token: string): Buffer {
  return hash("sha256", token, "buffer");
}

export function secondsFromNow(seconds: number): SQL {
  return sql`now() + make_interval(secs => ${seconds})`;
}
