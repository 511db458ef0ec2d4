"use client";

import { useRouter } from "next/navigation";
import { useAnnounce } from "@/components/ui/announcements";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { type ConfirmRefusal, Subject } from "@/components/ui/confirm-dialog";
import { useFocusHandover } from "@/components/ui/use-focus";
import type { Status } from "@/lib/access-tokens/access-token";
import { refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { endRotationAction } from "../actions";
import { type RotationEnd, rotationEnds } from "./rotation";
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
  const announce = useAnnounce();
  const router = useRouter();
  const place = useFocusHandover<HTMLDivElement>();

  async function run(end: RotationEnd): Promise<ConfirmRefusal | undefined> {
    const form = toForm({ tokenId: token.id, revision: token.revision, end });
    const refused = refusalOf(await endRotation({ status: "idle" }, form));
    if (!refused) {
      announce({ text: `The old secret of “${token.name}” ${endWords[end].done}.` });
      return undefined;
    }
    const isOutdated = refused.code === "conflict" || refused.code === "precondition_failed";
    return isOutdated ? { ...refused, instead: { label: "Show the token as it is", run: router.refresh } } : refused;
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
