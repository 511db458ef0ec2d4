import { Field } from "@/components/ui/field";

type Props = { defaultValue?: string; errors?: readonly string[] };

export function DescriptionField(props: Props) {
  return (
    <Field
      label="Description"
      name="description"
      autoComplete="off"
      help="Optional: what the token is for, in one line of up to 500 characters."
      {...props}
    />
  );
}
