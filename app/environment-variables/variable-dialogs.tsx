import type { TokenPlace } from "@/app/access-tokens/token-place";
import type { Environment } from "@/lib/environment-variables/queries";
import { PasteDialog } from "./paste-dialog";
import { RemoveVariableDialog } from "./remove-variable-dialog";
import { VariableDialog } from "./variable-dialog";

export type Asked = { for: "add" } | { for: "paste" } | { for: "replace" | "remove"; name: string };

type Props = { asked: Asked | undefined; place: TokenPlace; environment: Environment; onClose: () => void };

export function VariableDialogs({ asked, place, environment, onClose }: Props) {
  const dialog = { place, environment, onClose };
  switch (asked?.for) {
    case undefined:
      return null;
    case "add":
      return <VariableDialog {...dialog} />;
    case "replace":
      return <VariableDialog {...dialog} replaces={asked.name} />;
    case "remove":
      return <RemoveVariableDialog {...dialog} name={asked.name} />;
    case "paste":
      return <PasteDialog {...dialog} />;
  }
}
