import type { ComponentProps } from "react";
import { controlClass } from "./control-class";
import { cx } from "./cx";
import { FieldFrame, type FieldText } from "./field-frame";
import { unfilled } from "./unfilled";

type Props = Omit<ComponentProps<"textarea">, "id"> & FieldText;

/** Many lines of text in monospace, kept as they are typed: lines aren't wrapped by their own accord, nothing is corrected or filled in. */
export function TextAreaField({ label, help, errors, className, ...textarea }: Props) {
  return (
    <FieldFrame label={label} help={help} errors={errors}>
      {(parts) => (
        <div className="flex flex-col gap-1.5">
          {parts.label}
          <textarea
            rows={5}
            wrap="off"
            autoComplete="off"
            autoCorrect="off"
            autoCapitalize="off"
            spellCheck={false}
            {...unfilled}
            {...textarea}
            {...parts.control}
            className={cx(controlClass, "h-auto! resize-y py-1.5 font-mono", className)}
          />
          {parts.notes}
        </div>
      )}
    </FieldFrame>
  );
}
