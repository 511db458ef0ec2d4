import type { Status } from "@/lib/access-tokens/access-token";
import { relativeTime } from "@/lib/format";
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

/** What a rotation did, as the end of a sentence about the token; `oldSecret` is null if it had none before. */
export function doneInWords(oldSecret: OldSecretEnds | null, wasLeaked = false): string {
  if (oldSecret === null) return wasLeaked ? "has a secret again, and is active again." : "has a secret again.";
  return `was rotated${wasLeaked ? " and is active again" : ""}. ${choices.find(({ value }) => value === oldSecret)?.done}`;
}

/** What one would have to do without the new secret, as the end of a sentence. */
export function insteadInWords(oldSecret: OldSecretEnds | null | undefined): string {
  return oldSecret === null || oldSecret === "now" ? "rotate it again" : "keep the old secret, and rotate it again";
}

/** The suffixes of the token's secrets: "…k2Lm", or "…x9Qz → …k2Lm" while the old one is accepted, too. */
export function suffixesInWords(current: string | null, retiring: string | null | undefined): string {
  if (current === null) return "No secret";
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

type Uses = { secretLastUsedAt: Date | null; pipelinesLastUsedAt: Date | null };

/** When secret and pipelines were last used, where pipelines use the token and that is not said by its last use. */
export function usesInWords({ secretLastUsedAt, pipelinesLastUsedAt }: Uses, now: Date): string | undefined {
  if (!pipelinesLastUsedAt) return undefined;
  const pipelines = relativeTime(pipelinesLastUsedAt, now);
  if (!secretLastUsedAt) return `Secret never used, pipelines last used ${pipelines}`;
  const secret = relativeTime(secretLastUsedAt, now);
  return secret === pipelines ? undefined : `Secret last used ${secret}, pipelines ${pipelines}`;
}

type Deleted = { status: Status; suffixes: readonly string[]; lastUsedAt: Date | null; now: Date };

/** What deleting the token's secret does, sentence by sentence. */
export function deletionInWords({ status, suffixes, lastUsedAt, now }: Deleted): string[] {
  const shown = suffixes.map((suffix) => `…${suffix}`).join(" and ");
  const [what, end] = suffixes.length > 1 ? [`the secrets ${shown}`, "end"] : [`the secret ${shown}`, "ends"];
  const isActive = status === "active";
  return [
    isActive
      ? `Scripts, runners and jobs that use ${what} are refused from now on.`
      : `T${what.slice(1)} ${end}: reactivating the token does not bring ${suffixes.length > 1 ? "them" : "it"} back.`,
    lastUsedAt ? `Last used ${relativeTime(lastUsedAt, now)}.` : "Never used.",
    isActive ? "Trusted pipelines go on working." : "Trusted pipelines stay.",
    "This can’t be undone. “Rotate Token” makes a new secret.",
  ];
}
