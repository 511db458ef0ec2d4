import { controlClass } from "@/components/ui/control-class";
import { cx } from "@/components/ui/cx";
import { useFollowedValue } from "./use-followed-value";

type Props = { label: string; name: string; value?: string };

export function DateFilter({ label, name, value = "" }: Props) {
  const field = useFollowedValue<HTMLInputElement>(value);

  return (
    <label className="flex items-center gap-2 text-small text-muted">
      {label}
      <input
        ref={field}
        type="date"
        name={name}
        min="1000-01-01"
        max="9998-12-31"
        defaultValue={value}
        className={cx(controlClass, "w-auto")}
      />
    </label>
  );
}
