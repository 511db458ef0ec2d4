import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { Button } from "./button";
import { StableLabel } from "./stable-label";
import { StatusDot, type Tone } from "./status-dot";

type Props = Omit<ComponentProps<typeof Button>, "variant" | "children"> & { tone: Tone; children: string };

/** A state that opens a menu; hand it to Menu as its trigger. */
export function StatusButton({ tone, children, pendingLabel, className = "-my-1 -ml-3", ...props }: Props) {
  const label = props.pending && pendingLabel ? pendingLabel : children;
  return (
    <Button {...props} variant="quiet" className={`text-[length:inherit]! font-normal ${className}`}>
      <StatusDot tone={tone} />
      <StableLabel reserve={children}>{label}</StableLabel>
      <ChevronDown aria-hidden className="text-muted" />
    </Button>
  );
}
