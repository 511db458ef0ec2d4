"use client";

import { type ComponentType, useState, useTransition } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { FormError } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import type { CreationProps } from "./creation";

// Loaded on demand, to keep the list page's scripts small.
const load = () => import("./creation");
const loadAhead = () => load().catch(() => {});

type Props = { scope: ScopeFields; maxLifetimeDays: number };
type Opened = { Creation: ComponentType<CreationProps>; idempotencyKey: string };

/** The button and its dialog. Each opening is one creation with its own idempotency key. */
export function CreateDialog({ scope, maxLifetimeDays }: Props) {
  const [opened, setOpened] = useState<Opened>();
  const [error, setError] = useState<string>();
  const [opening, startOpening] = useTransition();

  function open() {
    setError(undefined);
    startOpening(async () => {
      try {
        const { Creation } = await load();
        setOpened({ Creation, idempotencyKey: newIdempotencyKey() });
      } catch {
        setError("The form could not be loaded. Check your connection, or reload the page, and try again.");
      }
    });
  }

  return (
    <div className="flex flex-col items-start gap-2">
      <Button
        variant="primary"
        pending={opening}
        pendingLabel="Opening…"
        onPointerEnter={loadAhead}
        onFocus={loadAhead}
        onClick={open}
      >
        Create Access Token
      </Button>
      <FormError>{error}</FormError>
      {opened && (
        <opened.Creation
          scope={scope}
          maxLifetimeDays={maxLifetimeDays}
          idempotencyKey={opened.idempotencyKey}
          onClose={() => setOpened(undefined)}
        />
      )}
    </div>
  );
}

/** 128 random bits in hex. `randomUUID` is missing on plain http. */
function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
