"use client";

import type { ComponentType } from "react";
import { useState } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { Button } from "@/components/ui/button";
import { useOpening } from "@/components/ui/use-opening";

type DialogProps = { scope: ScopeFields; onClose: () => void };

const load = () => import("./add-webhook-dialog");

export function AddWebhook({ scope }: { scope: ScopeFields }) {
  const [Dialog, setDialog] = useState<ComponentType<DialogProps>>();
  const { opening, open, ahead } = useOpening(load);
  return (
    <>
      <Button
        variant="primary"
        pending={opening}
        onPointerEnter={ahead}
        onFocus={ahead}
        onClick={() => open((loaded) => setDialog(() => loaded.AddWebhookDialog))}
      >
        Add Webhook
      </Button>
      {Dialog && <Dialog scope={scope} onClose={() => setDialog(undefined)} />}
    </>
  );
}
