import type { Tone } from "@/components/ui/status";
import type { Status } from "@/lib/access-tokens/access-token";

export const statusLooks: Record<Status, { label: string; tone: Tone }> = {
  active: { label: "Active", tone: "green" },
  revoked: { label: "Revoked", tone: "amber" },
  expired: { label: "Expired", tone: "red" },
};
