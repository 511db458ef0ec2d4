import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { localSecrets } from "./local-secrets";

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-secrets-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test("secrets are generated once, and read whatever encoding an editor saved", async () => {
  const folder = await newFolder();
  const made = await localSecrets(folder);
  await writeFile(join(folder, "secrets.json"), `\ufeff${JSON.stringify(made)}`);
  expect(await localSecrets(folder)).toEqual(made);
});

test.each(['{"AUTH_SECRET": "hidden-word', '{"AUTH_SECRET": "hidden-word"}', "", "\0\0"])(
  "a file without secrets is named, without its content: %j",
  async (content) => {
    const folder = await newFolder();
    await writeFile(join(folder, "secrets.json"), content);
    const refused = await localSecrets(folder).catch((error) => error);
    expect(refused.name).toBe("SettingsError");
    expect(refused.message).toMatch(/^DATA_DIR has the file .*secrets\.json, which [^\n]+\.$/);
    expect(refused.message).not.toContain("hidden-word");
  },
);
