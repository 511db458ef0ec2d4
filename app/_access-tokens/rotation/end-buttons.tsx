"use client";

import { ConfirmButton } from "@/components/ui/confirm-button";
import { Subject } from "@/components/ui/confirm-dialog";
import { useFocusHandover } from "@/components/ui/use-focus";
import type { Status } from "@/lib/access-tokens/access-token";
import { toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { endRotationAction } from "../actions";
import { type RotationEnd, rotationEnds } from "./rotation";
import { useConfirmed } from "./use-confirmed";
import { endInWords, endWords, type Suffixes } from "./words";

const endRotation = reachable(endRotationAction);

type Props = {
  token: { id: string; name: string; revision: string; status: Status };
  /** Whether the new secret was used, so that the old one can't be kept. */
  isUsed: boolean;
  suffixes: Suffixes;
};

/** Ends the rotation, with one of the two secrets. It asks first. */
export function EndButtons({ token, isUsed, suffixes }: Props) {
  const confirmed = useConfirmed();
  const place = useFocusHandover<HTMLDivElement>();

  function run(end: RotationEnd) {
    const form = toForm({ tokenId: token.id, revision: token.revision, end });
    return confirmed(endRotation({ status: "idle" }, form), `The old secret of “${token.name}” ${endWords[end].done}.`);
  }

  return (
    <div ref={place} className="flex flex-wrap gap-2 print:hidden">
      {rotationEnds
        .filter((end) => end === "complete" || !isUsed)
        .map((end) => (
          <ConfirmButton
            key={end}
            label={endWords[end].label}
            title={endWords[end].label}
            pendingLabel={endWords[end].pending}
            onConfirm={() => run(end)}
          >
            <p>
              <Subject>{token.name}</Subject>
            </p>
            {endInWords(end, token.status, isUsed, suffixes).map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </ConfirmButton>
        ))}
    </div>
  );
}
