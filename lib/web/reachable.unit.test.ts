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

test.each(Object.values(formRefusals))("our server's message about a form is shown unchanged: %s", async (message) => {
  expect(await answerTo(new Error(message))).toEqual({ status: "failed", message });
});

test("the messages of other errors are not shown", async () => {
  const others = ["", "An unexpected response was received from the server.", `${formRefusals.tooLarge} `];
  for (const message of others) {
    expect(await answerTo(new Error(message))).toMatchObject({ message: expect.stringContaining("has changed since") });
  }
  const offline = await answerTo(new TypeError(formRefusals.tooLarge));
  expect(offline).toMatchObject({ message: expect.stringContaining("could not be reached") });
});

test("the previous state, which may contain a secret, is not sent", async () => {
  const seen: FormState<string>[] = [];
  const action = reachable<string>(async (previous) => {
    seen.push(previous);
    return { status: "done", data: "vhg_secret" };
  });
  await action(await action({ status: "idle" }, new FormData()), new FormData());
  expect(seen).toEqual([{ status: "idle" }, { status: "idle" }]);
});
