import type { Status } from "@/lib/access-tokens/access-token";
import type { OldSecretEnds, RotationEnd } from "./rotation";

export const choices: readonly { value: OldSecretEnds; label: string; help: string; done: string }[] = [
  {
    value: "on_first_use",
    label: "An hour after the new one is first used",
    help: "After 30 days at the latest, also where the new one is not used.",
    done: "Its old secret ends an hour after the new one is first used.",
  },
  {
    value: "date",
    label: "At a date",
    help: "Both secrets are accepted until then.",
    done: "Its old secret is accepted until the date that you chose.",
  },
  {
    value: "now",
    label: "Now",
    help: "Scripts, CI pipelines and runners that use the old secret are refused until they have the new one.",
    done: "Its old secret is refused from now on.",
  },
];

/** The suffixes of the token's secrets: "…k2Lm", or "…x9Qz → …k2Lm" while the old one is accepted, too. */
export function suffixesInWords(current: string, retiring: string | null | undefined): string {
  return retiring ? `…${retiring} → …${current}` : `…${current}`;
}

export type Suffixes = { current: string; retiring: string };

type EndWords = { label: string; pending: string; done: string };

export const endWords: Record<RotationEnd, EndWords> = {
  complete: { label: "End old secret now", pending: "Ending…", done: "was ended" },
  cancel: { label: "Keep the old secret", pending: "Keeping…", done: "was kept" },
};

/** What ending the rotation does, sentence by sentence. */
export function endInWords(end: RotationEnd, status: Status, isUsed: boolean, suffixes: Suffixes): string[] {
  const [old, current] = [`The old secret …${suffixes.retiring}`, `The new secret …${suffixes.current}`];
  if (end === "cancel") {
    return [
      `${current} is discarded: whoever has it already is refused.`,
      `${old} is the token’s only one again, and lasts as long as the token.`,
      "This can’t be undone. You can rotate the token again.",
    ];
  }
  const isActive = status === "active";
  return [
    isActive
      ? `${old} ends: scripts, CI pipelines and runners that still use it are refused from now on.`
      : `${old} ends: reactivating the token does not bring it back.`,
    ...(isUsed
      ? [isActive && `${current} goes on working.`]
      : [`${current} was never used: make sure that it is in place.`]),
    "This can’t be undone.",
  ].filter((sentence) => sentence !== false);
}
