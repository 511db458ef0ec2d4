"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { callbackPath } from "@/lib/web/callback-path";
import { visitorAction } from "@/lib/web/form-action";
import { startSession } from "@/lib/web/session";
import { signInWithOrganization } from "@/lib/web/sign-in/auth";

const wayBack = { callbackUrl: z.unknown().transform(callbackPath) };

const credentials = z.object({
  email: z
    .string()
    .trim()
    .min(1, "Enter your e-mail address.")
    .max(320, "This e-mail address is too long.")
    .refine((email) => !email.includes("\0"), "Enter your e-mail address."),
  password: z.string().min(1, "Enter your password.").max(1000, "This password is too long."),
  ...wayBack,
});

export const signInAction = visitorAction(credentials, async ({ email, password, callbackUrl }) => {
  await startSession(email, password);
  redirect(callbackUrl);
});

export const continueWithOrganizationAction = visitorAction(z.object(wayBack), ({ callbackUrl }) =>
  signInWithOrganization(callbackUrl),
);
