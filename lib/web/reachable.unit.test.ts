import { expect, test } from "vitest";
import { formRefusals } from "./form-refusals";
import type { FormState } from "./form-state";
import { reachable } from "./reachable";

function answerTo(error: unknown) {
  const action = reachable<string>(async () => {
    throw error;
  });
  return action({ status: "idle" }, new FormData());
}

test.each(Object.values(formRefusals))("what our server says of a form is shown as it is: %s", async (message) => {
  expect(await answerTo(new Error(message))).toEqual({ status: "failed", message });
});

test("no other error's words are shown", async () => {
  const others = ["", "An unexpected response was received from the server.", `${formRefusals.tooLarge} `];
  for (const message of others) {
    expect(await answerTo(new Error(message))).toMatchObject({ message: expect.stringContaining("has changed since") });
  }
  const offline = await answerTo(new TypeError(formRefusals.tooLarge));
  expect(offline).toMatchObject({ message: expect.stringContaining("could not be reached") });
});

test("an earlier answer, which may hold a secret, is not sent again", async () => {
  const seen: FormState<string>[] = [];
  const action = reachable<string>(async (previous) => {
    seen.push(previous);
    return { status: "done", data: "vhg_secret" };
  });
  await action(await action({ status: "idle" }, new FormData()), new FormData());
  expect(seen).toEqual([{ status: "idle" }, { status: "idle" }]);
});
