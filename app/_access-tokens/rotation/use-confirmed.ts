import { useRouter } from "next/navigation";
import { useAnnounce } from "@/components/ui/announcements";
import type { ConfirmRefusal } from "@/components/ui/confirm-dialog";
import { type FormState, refusalOf } from "@/lib/web/form-state";

/**
 * For a confirmed change of the token's secrets: says in words that it is done, or answers why it was refused. Where the
 * token is not as the page showed it, the dialog offers to show it instead.
 */
export function useConfirmed() {
  const announce = useAnnounce();
  const router = useRouter();
  return async (answer: Promise<FormState<unknown>>, done: string): Promise<ConfirmRefusal | undefined> => {
    const refused = refusalOf(await answer);
    if (!refused) {
      announce({ text: done });
      return undefined;
    }
    const isOutdated = refused.code === "conflict" || refused.code === "precondition_failed";
    return isOutdated ? { ...refused, instead: { label: "Show the token as it is", run: router.refresh } } : refused;
  };
}
