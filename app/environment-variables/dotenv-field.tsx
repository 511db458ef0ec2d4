import { type ChangeEvent, useRef, useState } from "react";
import { Field } from "@/components/ui/field";
import { TextAreaField } from "@/components/ui/text-area-field";
import { readTextFile } from "./read-text-file";

type Props = { onChange: (text: string) => void; errors?: readonly string[] };

/** A text to paste into, or to fill from a file. Uncontrolled: React would write a controlled text into the page's HTML. */
export function DotenvField({ onChange, errors }: Props) {
  const text = useRef<HTMLTextAreaElement>(null);
  const [fileErrors, setFileErrors] = useState<readonly string[]>();

  async function read({ target }: ChangeEvent<HTMLInputElement>) {
    const file = target.files?.[0];
    if (!file) return;
    const read = await readTextFile(file);
    setFileErrors("problem" in read ? [read.problem] : undefined);
    if ("problem" in read || !text.current) return;
    text.current.value = read.text;
    onChange(text.current.value);
  }

  return (
    <>
      <TextAreaField
        ref={text}
        label=".env text"
        rows={6}
        errors={errors}
        onChange={(event) => onChange(event.target.value)}
      />
      <Field
        label="Choose a file"
        type="file"
        help="Its text is put into the field above, in your browser."
        errors={fileErrors}
        onChange={read}
        // So that the same file, mended, can be chosen again.
        onClick={(event) => {
          event.currentTarget.value = "";
        }}
        className="py-1 file:mr-3 file:border-0 file:bg-transparent file:p-0 file:font-medium file:text-accent"
      />
    </>
  );
}
