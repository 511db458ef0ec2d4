"use client";

import { lazy, useState, useTransition } from "react";
import { Button } from "@/components/ui/button";
import type { ScopeFields } from "./scope-fields";

// Loaded when somebody is about to create a token, not with each list.
const load = () => import("./creation");
const Creation = lazy(async () => ({ default: (await load()).Creation }));

type Props = { scope: ScopeFields; maxLifetimeDays: number };

/** The button and, from its click until it is closed, one creation with all that belongs to it. */
export function CreateDialog({ scope, maxLifetimeDays }: Props) {
  const [idempotencyKey, setIdempotencyKey] = useState<string>();
  const [opening, startOpening] = useTransition();
  return (
    <>
      <Button
        variant="primary"
        pending={opening}
        onPointerEnter={load}
        onFocus={load}
        onClick={() => startOpening(() => setIdempotencyKey(newIdempotencyKey()))}
      >
        Create Access Token
      </Button>
      {idempotencyKey && (
        <Creation
          scope={scope}
          maxLifetimeDays={maxLifetimeDays}
          idempotencyKey={idempotencyKey}
          onClose={() => setIdempotencyKey(undefined)}
        />
      )}
    </>
  );
}

/** 128 random bits in hex. `randomUUID` is missing on plain http. */
function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
