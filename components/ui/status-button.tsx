import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { Button } from "./button";
import { StatusDot, type Tone } from "./status-dot";

type Props = Omit<ComponentProps<typeof Button>, "variant"> & { tone: Tone };

/** A state that opens a menu; hand it to Menu as its trigger. */
export function StatusButton({ tone, children, className = "-my-1 -ml-3", ...props }: Props) {
  return (
    <Button {...props} variant="quiet" className={`text-[length:inherit]! font-normal ${className}`}>
      <StatusDot tone={tone} />
      {children}
      <ChevronDown aria-hidden className="text-muted" />
    </Button>
  );
}
