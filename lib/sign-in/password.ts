import { hash, verify } from "@node-rs/argon2";
import { z } from "zod";

/** OWASP's parameters for argon2id, the library's default algorithm; about 20 ms off the main thread. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The hash of a password that nobody knows. */
const decoy = "$argon2id$v=19$m=19456,t=2,p=1$CQp615MgTdOgZTXe9efseg$IyBYJAGXN92eBKHenxB1JI+93PzptTzzNwVpsDJscSI";

/** What may become a password. The sign-in form takes no longer one. */
export const newPassword = z
  .string({ error: "Choose a password." })
  .max(1000, "This password is too long.")
  .refine((password) => [...password].length >= 12, "Use at least 12 characters.");

type Account = { passwordHash: string | null };

/** Answers the hash in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, parameters);
}

/** Takes the same time for a wrong password, for an account without one, and where there is no account. */
export async function verifyPassword(account: Account | undefined, password: string): Promise<boolean> {
  const matches = await verify(hashToVerify(account), password);
  return matches && Boolean(account?.passwordHash);
}

export function hashToVerify(account: Account | undefined): string {
  return account?.passwordHash ?? decoy;
}
