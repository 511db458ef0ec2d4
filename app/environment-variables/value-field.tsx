import type { Ref } from "react";
import { TextAreaField } from "@/components/ui/text-area-field";
import { limits } from "@/lib/environment-variables/limits";
import type { Environment } from "@/lib/environment-variables/queries";
import { byteSize } from "@/lib/format";
import { bytesOf } from "./bytes";

type Props = {
  ref: Ref<HTMLTextAreaElement>;
  name: string;
  value: string;
  onChange: (value: string) => void;
  environment: Environment;
  errors?: readonly string[];
};

/** Uncontrolled: React would write a controlled text into the page's HTML too. */
export function ValueField({ ref, name, value, onChange, environment, errors }: Props) {
  const size = bytesOf(value);
  const used = usedByOthers(environment, name) + bytesOf(name) + size;
  const help = `${room(size, limits.valueBytes)}. All variables together: ${room(used, limits.totalBytes)}.`;
  return (
    <TextAreaField
      ref={ref}
      label="Value"
      help={help}
      errors={errors}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function usedByOthers({ variables, usedBytes }: Environment, name: string): number {
  const old = variables.find((variable) => variable.name === name);
  return old ? usedBytes - bytesOf(old.name) - old.size : usedBytes;
}

/** "2.5 KiB of 48 KiB, 45.5 KiB left" */
function room(used: number, limit: number): string {
  const left = limit - used;
  const rest = left < 0 ? `${byteSize(-left)} too much` : `${byteSize(left)} left`;
  return `${byteSize(used)} of ${byteSize(limit)}, ${rest}`;
}
