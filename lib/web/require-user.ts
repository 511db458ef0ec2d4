import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { SignedInPerson } from "@/lib/auth/sessions";
import { signInPath } from "./callback-path";
import { currentUser } from "./session";

/** The person who is signed in, for pages and actions; others are sent to the sign-in page, and back afterwards. */
export async function requireUser(): Promise<SignedInPerson> {
  const user = await currentUser();
  if (user) return user;
  // Set by our own server, which lets no client's through.
  redirect(signInPath((await headers()).get("x-pathname")));
}
