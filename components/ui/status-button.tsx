import type { ComponentProps } from "react";
import { Button } from "./button";
import { StableLabel } from "./stable-label";
import type { Tone } from "./status-dot";

type Props = Omit<ComponentProps<typeof Button>, "variant" | "className" | "children"> & {
  tone: Tone;
  children: string;
};

/** A state that opens a menu; hand it to Menu as its trigger. Its dot and its arrow are in app/globals.css. */
export function StatusButton({ tone, children, pendingLabel, ...props }: Props) {
  return (
    <Button {...props} variant="quiet" className={`status ${tone}`}>
      {props.pending && pendingLabel ? <StableLabel reserve={children}>{pendingLabel}</StableLabel> : children}
    </Button>
  );
}
