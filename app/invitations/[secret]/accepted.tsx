"use client";

import { useEffect, useRef } from "react";
import { OrganizationForm } from "@/app/sign-in/organization-form";
import { ButtonLink } from "@/components/ui/button-link";
import type { PasswordNeed } from "@/lib/invitations/password-need";
import { signInPath } from "@/lib/web/callback-path";

type Props = { organization: { id: string; name: string }; password: PasswordNeed | null };

/** The link does not sign in. A visitor who is not signed in gets a link to sign-in. */
export function Accepted({ organization: { id, name }, password }: Props) {
  const sentence = useRef<HTMLParagraphElement>(null);
  const path = `/organizations/${id}`;
  // The button that had the focus no longer exists.
  useEffect(() => sentence.current?.focus(), []);
  return (
    <>
      <p ref={sentence} role="status" tabIndex={-1} className="wrap-anywhere">
        You are now a member of {name}.{password && " Sign in to go on."}
      </p>
      {password === "none" && <OrganizationForm callbackUrl={path} isPrimary />}
      {password !== "none" && (
        <ButtonLink variant="primary" href={password ? signInPath(path) : path}>
          {password ? "Sign in" : "Open organization"}
        </ButtonLink>
      )}
    </>
  );
}
