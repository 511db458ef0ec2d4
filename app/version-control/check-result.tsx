import { Time } from "@/components/time";
import { StatusText } from "@/components/ui/status-text";
import type { VersionControlAccess } from "@/lib/version-control/access";

/** The last check in words; read aloud when another one has come out. */
export function CheckResult({ check, now }: { check: VersionControlAccess["check"]; now: Date }) {
  const isOk = check.status === "ok";
  return (
    <div role="status" className="flex flex-col">
      <span className="flex flex-wrap items-baseline gap-x-1.5">
        <StatusText tone={isOk ? "green" : "red"}>{isOk ? "OK" : "Failed"}</StatusText>
        <span className="text-label text-muted">
          <Time instant={check.checkedAt} now={now} />
        </span>
      </span>
      {check.message && <span className="wrap-anywhere">{check.message}</span>}
    </div>
  );
}
