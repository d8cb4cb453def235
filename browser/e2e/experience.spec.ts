// The person in the room: wishes on the phone, and on the tablet in the dark what is held to them.
import { expect, test } from "@playwright/test";
import { sessionIn, signIn } from "./clinic.ts";
import { look } from "./look.ts";

test.beforeEach(({}, info) => {
  test.skip(info.project.metadata["layout"] !== "tablet", "the room is on the tablet");
});

test("a moment, a rating and the room take one tap each; a phrase is confirmed once", async ({ page }) => {
  await signIn(page, "prescriber");
  await page.goto(`/sessions/${sessionIn("3")}`);
  const held = page.locator(".held");
  await held.getByRole("button", { name: "I have the room now" }).click();
  await expect(held).toContainText("you have the room");

  await page.locator("#act-bar").getByRole("button", { name: "Moment" }).click();
  await expect(page.locator("#answer")).toContainText(/^Saved/);

  await page.locator('[data-opens="act-experience"]').click();
  const feels = page.locator("#act-experience");
  await expect(feels).toBeVisible();
  await look(page);
  await feels.getByRole("group", { name: "fear" }).getByRole("button", { name: "2", exact: true }).click();
  await expect(page.locator("#room-entries")).toContainText("fear 2 of 10");

  await page.locator('[data-opens="act-note"]').click();
  await page.locator("#note-text").fill("headache, paracetamol 1 g po");
  await page.getByRole("button", { name: "Save note" }).click();
  const offered = held.locator(".held-asked").filter({ hasText: "paracetamol 1 g, po, for headache" });
  await expect(offered).toBeVisible();
  await look(page);
  await offered.getByRole("button").click();
  await expect(page.locator("#room-entries")).toContainText("Medicine given");
  await expect(offered).toHaveCount(0);
});

test("touch is held to the word that was said last", async ({ page }) => {
  // Hazard: H61
  await signIn(page, "nurse");
  await page.goto(`/sessions/${sessionIn("3")}`);
  const say = async (word: string): Promise<void> => {
    await page.locator('[data-opens="act-touch"]').click();
    await page.locator("#act-touch").getByRole("button", { name: word, exact: true }).click();
    await expect(page.locator(".held-touch")).toContainText(word);
  };
  await say("a hand may be held");
  await page.locator('[data-opens="act-support"]').click();
  await page.locator("#act-support").getByRole("button", { name: "hand held", exact: true }).click();
  await expect(page.locator("#room-entries")).toContainText("hand held");
  await say("no touch");
  await page.locator('[data-opens="act-support"]').click();
  await look(page);
  await expect(page.locator("#act-support").getByRole("button", { name: /hand held/ })).toBeDisabled();
});
