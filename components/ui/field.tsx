import type { ComponentProps, ReactNode } from "react";
import { controlClass } from "./control-class";
import { cx } from "./cx";
import { FieldFrame, type FieldText } from "./field-frame";

type Props = Omit<ComponentProps<"input">, "id"> &
  FieldText & {
    /** What stands beside the input, such as presets. */
    beside?: ReactNode;
  };

export function Field({ label, help, errors, beside, className, ...input }: Props) {
  return (
    <FieldFrame label={label} help={help} errors={errors}>
      {(parts) => (
        <div className="flex flex-col gap-1.5">
          {parts.label}
          <div className="flex flex-wrap items-center gap-2">
            <input
              {...input}
              {...parts.control}
              className={cx(controlClass, beside !== undefined && "flex-1 basis-40", className)}
            />
            {beside && <div className="flex flex-wrap gap-2">{beside}</div>}
          </div>
          {parts.notes}
        </div>
      )}
    </FieldFrame>
  );
}
