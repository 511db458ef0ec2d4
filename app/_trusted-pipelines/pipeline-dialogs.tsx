"use client";

import type { ScopeFields, TokenRef } from "@/app/_parts/paths";
import { AddPipelineDialog } from "./add-pipeline-dialog";
import { RemovePipelineDialog } from "./remove-pipeline-dialog";
import type { Asked, KnownProvider } from "./shown";

export type PipelineDialogsProps = {
  place: ScopeFields & TokenRef;
  providers: readonly KnownProvider[];
  asked: Asked;
  onClose: () => void;
};

export function PipelineDialogs({ place, providers, asked, onClose }: PipelineDialogsProps) {
  const tokenRef = { tokenId: place.tokenId };
  if (asked.for === "remove") {
    return <RemovePipelineDialog tokenRef={tokenRef} pipeline={asked.pipeline} onClose={onClose} />;
  }
  return <AddPipelineDialog place={place} providers={providers} from={asked.from} onClose={onClose} />;
}
