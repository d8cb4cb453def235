// The demo clinic as the tests know it: who may sign in, and which session is in which room.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Page, expect, test } from "@playwright/test";

export interface Credentials {
  base_url: string;
  mllp: { host: string; port: number };
  users: { role: string; username: string; password: string }[];
  rooms: { room: string; device_id: string; session_id: string }[];
}

/** What the demo has written beside its data. */
export function credentials(folder = process.env["DEMO_DATA"] ?? process.env["EVENKEEL_DATA_DIR"] ?? "demo-data"): Credentials {
  return JSON.parse(readFileSync(join(folder, "demo-credentials.json"), "utf8")) as Credentials;
}

/** The date in the demo clinic, so many days from now, as `2026-11-29`. */
export function clinicDay(daysFromNow: number): string {
  const at = new Date(Date.now() + daysFromNow * 24 * 60 * 60 * 1_000);
  // Swedish writes dates as they are exchanged.
  return at.toLocaleDateString("sv-SE", { timeZone: process.env["EVENKEEL_ZONE"] ?? "UTC" });
}

/** The session in a room. */
export function sessionIn(room: string, known = credentials()): string {
  const found = known.rooms.find((one) => one.room === room);
  if (!found) throw new Error(`no session in room ${room}`);
  return found.session_id;
}

/** Signs in with a role, in the theme of the test's project. */
export async function signIn(page: Page, role: string, known = credentials(), base = known.base_url): Promise<void> {
  const user = known.users.find((one) => one.role === role);
  if (!user) throw new Error(`nobody is a ${role} in the demo`);
  const theme = (test.info().project.metadata as { theme?: string }).theme ?? "day";
  await page.context().clearCookies();
  await page.context().addCookies([{ name: "theme", value: theme, url: base }]);
  await page.goto(`${base}/sign-in`);
  await page.getByLabel("Name").fill(user.username);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).not.toHaveURL(/sign-in/);
  await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
}

/** On a phone the rarer acts stand behind “More”. */
export async function showEveryAct(page: Page): Promise<void> {
  const more = page.locator("#acts-more");
  if (await more.isVisible()) await more.check();
}
