import type { ReactNode } from "react";
import { cx } from "./cx";
import { Info, TriangleAlert } from "./icons";

type Props = { tone?: "amber" | "neutral"; title?: string; children: ReactNode };

const looks = { amber: "bg-amber-soft", neutral: "bg-hover" } as const;

export function Callout({ tone = "neutral", title, children }: Props) {
  const Icon = tone === "amber" ? TriangleAlert : Info;
  return (
    <div role="note" className={cx("flex gap-2 rounded-md px-3 py-2 text-text", looks[tone])}>
      <Icon className={cx("mt-0.5 size-4 shrink-0", tone === "amber" ? "text-amber" : "text-muted")} />
      <div className="min-w-0 flex-1">
        {title && <p className="font-medium">{title}</p>}
        {children}
      </div>
    </div>
  );
}
