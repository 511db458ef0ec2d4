import type { Tone } from "@/components/ui/status";
import type { Status } from "@/lib/access-tokens/access-token";

export const statusLooks: Record<Status, { label: string; tone: Tone }> = {
  active: { label: "Active", tone: "green" },
  revoked: { label: "Revoked", tone: "amber" },
  expired: { label: "Expired", tone: "red" },
};

const soon = 7 * 24 * 60 * 60 * 1000;

/** Active, and within its last seven days. */
export function expiresSoon({ status, expiresAt }: { status: Status; expiresAt: Date }, now: Date): boolean {
  return status === "active" && expiresAt.getTime() - now.getTime() <= soon;
}
