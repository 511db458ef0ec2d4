"use client";

import { useState, useTransition } from "react";
import type { TokenRef } from "@/app/_parts/paths";
import { FormError } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { checkAccessAction } from "./actions";

const checkAccess = reachable(checkAccessAction);

/** Checks the accesses one after the other, until one is refused: each result appears in its row. */
export function CheckAll({ tokenRef, accessIds }: { tokenRef: TokenRef; accessIds: readonly string[] }) {
  const [error, setError] = useState<string>();
  const [pending, startTransition] = useTransition();

  function check() {
    startTransition(async () => {
      setError(undefined);
      for (const accessId of accessIds) {
        const refusal = refusalOf(await checkAccess({ status: "idle" }, toForm({ ...tokenRef, accessId })));
        if (!refusal) continue;
        setError(refusal.message);
        return;
      }
    });
  }

  return (
    <>
      <Button variant="secondary" onClick={check} pending={pending} pendingLabel="Checking…">
        Check All
      </Button>
      {error && <FormError>{error}</FormError>}
    </>
  );
}
