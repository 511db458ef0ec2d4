import { readSettings, SettingsError } from "@/lib/env";
import { type Finding, right, wrong } from "../finding";

/** Each problem at which a start would stop. */
export function validSettings(env: Record<string, string | undefined>): Finding[] {
  try {
    readSettings(env);
    return [right("settings", "all are valid")];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map((problem) => wrong("settings", problem));
  }
}
