import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { settings } from "@/lib/env";

type Account = { userId: string; passwordHash: string };

/** Seconds for which a browser is known without signing in again. */
export const deviceLifetime = 365 * 24 * 60 * 60;

/** People who may use one browser and are all known in it: the latest. */
const mostPeople = 5;
const separator = "~";

const shape = /^(usr_[0-9a-z]{26})\.(\d{10})\.([\w-]{22})\.([\w-]{43})$/;

/**
 * What a browser keeps once a person has signed in with it by password (OWASP, "Device Cookies"). It holds the person's
 * id, an end, a nonce and a MAC over these and the password's hash: another password makes it worthless.
 */
export function newDeviceCookie(account: Account): string {
  const endsAt = String(Math.floor(Date.now() / 1000) + deviceLifetime);
  const nonce = randomBytes(16).toString("base64url");
  return [account.userId, endsAt, nonce, macOf(account, endsAt, nonce).toString("base64url")].join(".");
}

/** The browser's cookie with what makes it known for one more person; who else has signed in there stays known. */
export function withDevice(cookie: string | undefined, device: string): string {
  const others = devicesIn(cookie).filter((other) => personOf(other) !== personOf(device));
  return [device, ...others].slice(0, mostPeople).join(separator);
}

/** True for what may be a device cookie: worth looking the account up. */
export function isDeviceCookie(cookie: string | undefined): cookie is string {
  return devicesIn(cookie).length > 0;
}

/** The nonce of a cookie that was made for this account, with this password; undefined for any other. */
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
