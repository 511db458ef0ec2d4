"use client";

import { useState } from "react";
import type { TokenRef } from "@/app/_parts/paths";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { SectionHeader } from "@/components/ui/header";
import type { Environment } from "@/lib/environment-variables/queries";
import { type Asked, VariableDialogs } from "./variable-dialogs";
import { VariableTable } from "./variable-table";
import { VariableUsage } from "./variable-usage";

type Props = { tokenRef: TokenRef; environment: Environment; mayManage: boolean; now: Date };

/** The dialogs are here and not in the rows, so that typed text stays when somebody else removes the row. */
export function Variables({ tokenRef, environment, mayManage, now }: Props) {
  const [asked, ask] = useState<Asked>();
  const { variables } = environment;
  return (
    <>
      <SectionHeader isTab title="Environment variables" action={mayManage && <AddButtons ask={ask} />}>
        Set on the VM at the beginning of a session. Values are write-only, so that nobody can read another person’s
        secrets here; replace a value instead. Changes apply to the next session.
      </SectionHeader>
      <VariableUsage variables={variables.length} usedBytes={environment.usedBytes} />
      {variables.length > 0 ? (
        <VariableTable variables={variables} now={now} ask={mayManage ? ask : undefined} />
      ) : (
        <EmptyState title="No environment variables yet">
          What the jobs of a session need to know, such as an address or a password, is set on its VM before they start,
          exactly as it was entered here. Values are stored encrypted and never shown again.
        </EmptyState>
      )}
      <VariableDialogs asked={asked} tokenRef={tokenRef} environment={environment} onClose={() => ask(undefined)} />
    </>
  );
}

function AddButtons({ ask }: { ask: (asked: Asked) => void }) {
  return (
    <div className="flex flex-wrap gap-2">
      <Button onClick={() => ask({ for: "paste" })}>Paste .env</Button>
      <Button variant="primary" onClick={() => ask({ for: "add" })}>
        Add Variable
      </Button>
    </div>
  );
}
