import { Callout } from "@/components/ui/callout";
import { limits, type Usage } from "@/lib/environment-variables/limits";
import { byteSize } from "@/lib/format";

const nearly = 0.9;

/** How much of the limits is used. A warning if little is left. */
export function VariableUsage(usage: Usage) {
  const text = usageText(usage);
  const isNearly = usage.variables >= nearly * limits.variables || usage.usedBytes >= nearly * limits.totalBytes;
  return (
    <div className="mb-4 tabular-nums">
      {isNearly ? (
        <Callout tone="amber">{text}. Remove variables that are no longer needed before you add more.</Callout>
      ) : (
        <p className="text-small text-muted">{text}</p>
      )}
    </div>
  );
}

/** "12 of 200 variables, 3.1 KiB of 128 KiB" */
export function usageText({ variables, usedBytes }: Usage): string {
  return `${variables} of ${limits.variables} variables, ${byteSize(usedBytes)} of ${byteSize(limits.totalBytes)}`;
}
