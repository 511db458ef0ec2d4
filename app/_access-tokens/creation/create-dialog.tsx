"use client";

import { type ComponentType, useState } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { Button } from "@/components/ui/button";
import { useOpening } from "@/components/ui/use-opening";
import type { CreationProps } from "./creation";

// Loaded on demand, to keep the list page's scripts small.
const load = () => import("./creation");

type Props = Pick<CreationProps, "maxLifetimeDays" | "onCreated"> & { scope: ScopeFields };
type Opened = { Creation: ComponentType<CreationProps>; idempotencyKey: string };

/** The button and its dialog. Each opening is one creation with its own idempotency key. */
export function CreateDialog(props: Props) {
  const [opened, setOpened] = useState<Opened>();
  const { opening, open, ahead } = useOpening(load);
  return (
    <>
      <Button
        variant="primary"
        pending={opening}
        pendingLabel="Opening…"
        onPointerEnter={ahead}
        onFocus={ahead}
        onClick={() => open(({ Creation }) => setOpened({ Creation, idempotencyKey: newIdempotencyKey() }))}
      >
        Create Access Token
      </Button>
      {opened && (
        <opened.Creation {...props} idempotencyKey={opened.idempotencyKey} onClose={() => setOpened(undefined)} />
      )}
    </>
  );
}

/** 128 random bits in hex. `randomUUID` is missing on plain http. */
function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
