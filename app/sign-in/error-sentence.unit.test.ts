import { expect, test } from "vitest";
import { errorSentence } from "./error-sentence";

test("each refusal has its sentence, and whatever else comes the general one", () => {
  expect(errorSentence(undefined)).toBeUndefined();
  expect(errorSentence("email_unknown")).toBe(
    "There is no veHaaS account for this e-mail address. Ask an organization admin to invite you.",
  );
  const general = errorSentence("Configuration");
  expect(general).toContain("did not work");
  for (const other of ["", "<script>", "constructor", "__proto__", ["email_unknown"]]) {
    expect(errorSentence(other)).toBe(general);
  }
});
