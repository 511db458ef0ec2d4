import type { ComponentProps } from "react";
import { FieldFrame, type FieldText } from "./field-frame";

type Props = Omit<ComponentProps<"input">, "id" | "type"> & FieldText;

export function CheckboxField({ label, help, errors, ...input }: Props) {
  return (
    <FieldFrame label={label} help={help} errors={errors}>
      {(parts) => (
        <div className="grid grid-cols-[auto_1fr] gap-x-2 gap-y-1">
          <input
            {...input}
            {...parts.control}
            type="checkbox"
            className="my-0.5 size-4 accent-accent pointer-coarse:my-0 pointer-coarse:size-5"
          />
          {parts.label}
          <div className="col-start-2 flex flex-col gap-1.5">{parts.notes}</div>
        </div>
      )}
    </FieldFrame>
  );
}
