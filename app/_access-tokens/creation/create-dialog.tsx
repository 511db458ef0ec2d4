"use client";

import { type ComponentType, useState } from "react";
import { Button } from "@/components/ui/button";
import { useOpening } from "@/components/ui/use-opening";
import type { CreationProps } from "./creation";

// Loaded on demand, to keep the list page's scripts small.
const load = () => import("./creation");

/** The button and its dialog. Each opening is one creation with its own idempotency key. */
export function CreateDialog(props: Omit<CreationProps, "onClose">) {
  const [opened, setOpened] = useState<{ Creation: ComponentType<CreationProps> }>();
  const { opening, open, ahead } = useOpening(load);
  return (
    <>
      <Button
        variant="primary"
        pending={opening}
        pendingLabel="Opening…"
        onPointerEnter={ahead}
        onFocus={ahead}
        onClick={() => open(({ Creation }) => setOpened({ Creation }))}
      >
        Create Access Token
      </Button>
      {opened && <opened.Creation {...props} onClose={() => setOpened(undefined)} />}
    </>
  );
}
