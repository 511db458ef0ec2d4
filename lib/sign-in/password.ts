import { hash, verify } from "@node-rs/argon2";
import { z } from "zod";

/** OWASP's parameters for argon2id, the library's default algorithm; about 20 ms off the main thread. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The hash of a password that nobody knows. */
const decoy = "$argon2id$v=19$m=19456,t=2,p=1$CQp615MgTdOgZTXe9efseg$IyBYJAGXN92eBKHenxB1JI+93PzptTzzNwVpsDJscSI";

/** Rules for a new password. The sign-in form has the same maximum length. */
export const newPassword = z
  .string({ error: "Choose a password." })
  .max(1000, "This password is too long.")
  .refine((password) => [...password].length >= 12, "Use at least 12 characters.");

type Account = { passwordHash: string | null };

/** Returns the hash in PHC format. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, parameters);
}

/** Takes the same time for a wrong password, an account without one, and no account. */
export async function verifyPassword(account: Account | undefined, password: string): Promise<boolean> {
  const matches = await verify(hashToVerify(account), password);
  return matches && Boolean(account?.passwordHash);
}

export function hashToVerify(account: Account | undefined): string {
  return account?.passwordHash ?? decoy;
}
