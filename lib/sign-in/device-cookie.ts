import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { settings } from "@/lib/env";

type Account = { userId: string; passwordHash: string };

/** Seconds for which a browser stays known without another sign-in. */
export const deviceLifetime = 365 * 24 * 60 * 60;

/** Maximum number of people known in one browser; the latest are kept. */
const mostPeople = 5;
const separator = "~";

const shape = /^(usr_[0-9a-z]{26})\.(\d{10})\.([\w-]{22})\.([\w-]{43})$/;

/**
 * Makes the cookie that a browser keeps after a sign-in by password (OWASP, "Device Cookies"). It holds the person's
 * id, an expiry, a nonce and a MAC over these and the password's hash, so a new password invalidates it.
 */
export function newDeviceCookie(account: Account): string {
  const endsAt = String(Math.floor(Date.now() / 1000) + deviceLifetime);
  const nonce = randomBytes(16).toString("base64url");
  return [account.userId, endsAt, nonce, macOf(account, endsAt, nonce).toString("base64url")].join(".");
}

/** Adds a person's device to the browser's cookie; other people who signed in there stay known. */
export function withDevice(cookie: string | undefined, device: string): string {
  const others = devicesIn(cookie).filter((other) => personOf(other) !== personOf(device));
  return [device, ...others].slice(0, mostPeople).join(separator);
}

/** True if the cookie has a device's format, so that the account is worth a lookup. */
export function isDeviceCookie(cookie: string | undefined): cookie is string {
  return devicesIn(cookie).length > 0;
}

/** The nonce of a device cookie made for this account with its current password; undefined for any other. */
export function deviceOf(cookie: string, account: Account): string | undefined {
  const device = devicesIn(cookie).find((one) => personOf(one) === account.userId);
  const [, , endsAt = "", nonce = "", mac = ""] = shape.exec(device ?? "") ?? [];
  if (!device || Number(endsAt) * 1000 < Date.now()) return undefined;
  return timingSafeEqual(macOf(account, endsAt, nonce), Buffer.from(mac, "base64url")) ? nonce : undefined;
}

function devicesIn(cookie = ""): string[] {
  return cookie.split(separator, mostPeople).filter((one) => shape.test(one));
}

function personOf(device: string): string | undefined {
  return shape.exec(device)?.[1];
}

function macOf({ userId, passwordHash }: Account, endsAt: string, nonce: string): Buffer {
  const bound = JSON.stringify([userId, endsAt, nonce, passwordHash]);
  return createHmac("sha256", key()).update(bound).digest();
}

function key(): Buffer {
  return Buffer.from(hkdfSync("sha256", settings().AUTH_SECRET ?? "", "", "device cookie", 32));
}
