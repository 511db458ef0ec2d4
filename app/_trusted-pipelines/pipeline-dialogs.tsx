"use client";

import type { ScopeFields, TokenRef } from "@/app/_parts/paths";
import { AddPipelineDialog } from "./add-pipeline-dialog";
import { RemovePipelineDialog } from "./remove-pipeline-dialog";
import type { Asked, KnownProvider } from "./shown";

export type PipelineDialogsProps = {
  place: ScopeFields & TokenRef;
  providers: readonly KnownProvider[];
  pastedKeys: Record<string, string>;
  asked: Asked;
  onClose: () => void;
};

export function PipelineDialogs({ place, providers, pastedKeys, asked, onClose }: PipelineDialogsProps) {
  const tokenRef = { tokenId: place.tokenId };
  if (asked.for === "remove") {
    return <RemovePipelineDialog tokenRef={tokenRef} pipeline={asked.pipeline} onClose={onClose} />;
  }
  const { from } = asked;
  // A provider that can't be reached stays so.
  const keys = from && pastedKeys[from.providerUrl];
  return <AddPipelineDialog {...{ place, providers, from, keys, onClose }} />;
}
