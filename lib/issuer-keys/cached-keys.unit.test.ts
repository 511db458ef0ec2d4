import { exportJWK, type FlattenedJWSInput, generateKeyPair } from "jose";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { DomainError } from "@/lib/errors";
import { log } from "@/lib/log";
import { cachedKeys } from "./cached-keys";

const jws: FlattenedJWSInput = { payload: "", signature: "" };
const { publicKey } = await generateKeyPair("ES256");
const published = { ...(await exportJWK(publicKey)), kty: "EC", kid: "1" };
const unavailable = expect.objectContaining({ code: "unavailable" });

let fetched: number;
let isDown: boolean;
let find: (kid?: string) => Promise<unknown>;
let at: (seconds: number) => void;
beforeEach(() => {
  [fetched, isDown] = [0, false];
  const keys = cachedKeys({
    issuer: "https://login.example.com/tenant",
    fetchKeys: async (address) => {
      expect(address).toBe("https://login.example.com/tenant/.well-known/openid-configuration");
      fetched += 1;
      if (isDown) throw new Error("it is down");
      return { keys: [published] };
    },
    timeout: 1000,
    messages: { caller: "Try again later.", log: "the keys can't be fetched" },
  });
  find = async (kid = "1") => keys({ alg: "ES256", kid }, jws);
  const start = Date.now();
  at = (seconds) => vi.setSystemTime(start + seconds * 1000);
  at(0);
  vi.spyOn(log, "warn").mockImplementation(() => {});
  onTestFinished(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
});

test("keys are fetched once for many JWTs, and again after ten minutes", async () => {
  const [first, ...others] = await Promise.all([find(), find(), find()]);
  expect(first).toBeInstanceOf(CryptoKey);
  for (const other of others) expect(other).toBe(first);
  at(599);
  await find();
  expect(fetched).toBe(1);
  at(601);
  await find();
  expect(fetched).toBe(2);
});

test("cached keys serve for one hour while the issuer fails, and no longer", async () => {
  const key = await find();
  isDown = true;
  at(11 * 60);
  expect(await find()).toEqual(key);
  expect(fetched).toBe(2);
  at(59 * 60);
  expect(await find()).toEqual(key);
  at(61 * 60);
  await expect(find()).rejects.toEqual(unavailable);
});

test("an unknown key is looked for every thirty seconds at most, and throws `unavailable` while the issuer fails", async () => {
  await find();
  at(29);
  await expect(find("2")).rejects.not.toBeInstanceOf(DomainError);
  expect(fetched).toBe(1);
  at(31);
  await expect(find("2")).rejects.not.toBeInstanceOf(DomainError);
  expect(fetched).toBe(2);
  isDown = true;
  at(62);
  await expect(find("2")).rejects.toEqual(unavailable);
});

test("an issuer that fails is not asked again for five seconds", async () => {
  isDown = true;
  await expect(find()).rejects.toEqual(unavailable);
  expect(log.warn).toHaveBeenCalledExactlyOnceWith(expect.anything(), "the keys can't be fetched");
  isDown = false;
  at(4);
  await expect(find()).rejects.toEqual(unavailable);
  expect(fetched).toBe(1);
  at(6);
  expect(await find()).toBeInstanceOf(CryptoKey);
});
