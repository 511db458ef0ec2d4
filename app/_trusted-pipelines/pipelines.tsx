"use client";

import { type ComponentType, useState } from "react";
import type { ScopeFields, TokenRef } from "@/app/_parts/paths";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { SectionHeader } from "@/components/ui/header";
import { useOpening } from "@/components/ui/use-opening";
import type { RefusedExchange } from "@/lib/trusted-pipelines/queries";
import type { PipelineDialogsProps } from "./pipeline-dialogs";
import { PipelineTable } from "./pipeline-table";
import { RefusalTable } from "./refusal-table";
import type { Asked, KnownProvider, ShownPipeline } from "./shown";

type Props = {
  place: ScopeFields & TokenRef;
  pipelines: readonly ShownPipeline[];
  refusals: readonly RefusedExchange[];
  providers: readonly KnownProvider[];
  /** By provider URL. */
  pastedKeys: Record<string, string>;
  mayManage: boolean;
  now: Date;
};

const load = () => import("./pipeline-dialogs");

/** The dialogs are here and not in the rows, so that typed text stays when somebody else removes the row. */
export function Pipelines({ place, pipelines, refusals, providers, pastedKeys, mayManage, now }: Props) {
  const [opened, setOpened] = useState<{ Dialogs: ComponentType<PipelineDialogsProps>; asked: Asked }>();
  const { opening, open, ahead } = useOpening(load);
  const ask = (asked: Asked) => open(({ PipelineDialogs }) => setOpened({ Dialogs: PipelineDialogs, asked }));
  const toAsk = mayManage ? ask : undefined;
  return (
    <>
      <SectionHeader
        isTab
        title="Trusted pipelines"
        action={
          mayManage && (
            <Button
              variant="primary"
              pending={opening}
              onPointerEnter={ahead}
              onFocus={ahead}
              onClick={() => ask({ for: "add" })}
            >
              Add Trusted Pipeline
            </Button>
          )
        }
      >
        CI jobs that exchange the ID token of their provider for a secret of this access token, which is good for
        minutes. They need no stored secret.
      </SectionHeader>
      {pipelines.length > 0 ? (
        <PipelineTable pipelines={pipelines} now={now} ask={toAsk} />
      ) : (
        <EmptyState title="No trusted pipelines yet">
          A secret in a CI variable is copied, forgotten and printed into logs. A trusted job brings a signed ID token
          instead, and gets a secret that ends by itself.
        </EmptyState>
      )}
      <section className="mt-8">
        <SectionHeader title="Refused">
          The last 20 exchanges that named this access token and were refused. The job itself is told no reason.
        </SectionHeader>
        {refusals.length > 0 ? (
          <RefusalTable refusals={refusals} now={now} ask={toAsk} />
        ) : (
          <p className="text-muted">No exchange was refused.</p>
        )}
      </section>
      {opened && (
        <opened.Dialogs
          place={place}
          providers={providers}
          pastedKeys={pastedKeys}
          asked={opened.asked}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  );
}
