import type { ComponentProps } from "react";
import { FieldFrame, type FieldText } from "./field-frame";
import { Select } from "./select";

type Props = Omit<ComponentProps<typeof Select>, "id" | "aria-label"> & FieldText;

export function SelectField({ label, help, errors, ...select }: Props) {
  return (
    <FieldFrame label={label} help={help} errors={errors}>
      {(parts) => (
        <div className="flex flex-col gap-1.5">
          {parts.label}
          <Select {...select} {...parts.control} />
          {parts.notes}
        </div>
      )}
    </FieldFrame>
  );
}
