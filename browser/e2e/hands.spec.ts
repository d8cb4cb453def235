// Frequent acts, counted: taps, keys, and seconds at the pace of a hand that knows the page.
//
// The pace is an assumption of ours, said here and nowhere else: 0.7 s for finding and tapping what
// one sees, 0.2 s for a key of a number pad. What the server and the page take comes on top.
import { type Browser, type Locator, type Page, expect, test } from "@playwright/test";
import { clinicDay, credentials, sessionIn, signIn } from "./clinic.ts";

const TAP = 700;
const KEY = 200;

test.beforeEach(({}, info) => {
  test.skip(info.project.name !== "tablet-dim", "counted once, on the tablet of a dark room");
});

/** Two hands at a page. */
class Hands {
  taps = 0;
  keys = 0;
  private began = 0;

  constructor(private readonly page: Page) {}

  async tap(what: Locator): Promise<void> {
    if (this.taps === 0) this.began = Date.now();
    await this.page.waitForTimeout(TAP);
    await what.click();
    this.taps += 1;
  }

  /** Types where the cursor is. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: KEY });
    this.keys += text.length;
  }

  /** The key that goes on to the next number. */
  async next(): Promise<void> {
    await this.page.waitForTimeout(KEY);
    await this.page.keyboard.press("Enter");
    this.keys += 1;
  }

  seconds(): number {
    return (Date.now() - this.began) / 1_000;
  }

  /** Not more taps, and not longer, than the act may take. */
  within(what: string, taps: number, seconds: number): void {
    console.log(`${what}: ${this.taps} taps, ${this.keys} keys, ${this.seconds().toFixed(1)} s`);
    expect(this.taps, `${what}: taps`).toBeLessThanOrEqual(taps);
    expect(this.seconds(), `${what}: seconds`).toBeLessThanOrEqual(seconds);
  }
}

/** The first opening of a page, which costs more than every later one, is not an act. */
async function room(page: Page, name: string): Promise<void> {
  await signIn(page, "nurse");
  await page.goto(`/sessions/${sessionIn(name)}`);
  await page.waitForLoadState("load");
}

test("vital signs by hand take at most six taps and eight seconds", async ({ page }) => {
  await room(page, "1");
  const hands = new Hands(page);
  await hands.tap(page.locator('[data-opens="act-vital-signs"]'));
  // The first number has the cursor already.
  await expect(page.locator("#act-vital-signs input[name=systolic]")).toBeFocused();
  const numbers = ["126", "79", "74", "98", "15"];
  for (const [place, number] of numbers.entries()) {
    if (place > 0) await hands.next();
    await hands.type(number);
  }
  await hands.tap(page.getByRole("button", { name: "Save vital signs" }));
  await expect(page.locator("#answer")).toContainText(/^Saved \d\d:\d\d$/);
  hands.within("vital signs by hand", 6, 8);
  await expect(page.locator("#room-entries")).toContainText("126/79");
});

test("another rate takes two taps and its digits", async ({ page }) => {
  await room(page, "1");
  const hands = new Hands(page);
  await hands.tap(page.locator('[data-opens="act-rate"]'));
  await expect(page.locator("#act-rate input[name=rate]")).toBeFocused();
  await hands.type("60");
  await hands.tap(page.getByRole("button", { name: "Save rate" }));
  await expect(page.locator("#answer")).toContainText(/^Saved \d\d:\d\d$/);
  hands.within("another rate", 2, 8);
  await expect(page.locator("#room-entries")).toContainText(/Rate\s+60/);
});

test("a notice is acknowledged by one tap", async ({ page }) => {
  test.setTimeout(240_000);
  await room(page, "2");
  const notice = page.locator("#room-advisories").getByRole("button", { name: "Acknowledge" });
  // In the demo something goes wrong in room 2 within two minutes.
  await expect(notice.first()).toBeVisible({ timeout: 200_000 });
  const before = await notice.count();
  const hands = new Hands(page);
  await hands.tap(notice.first());
  await expect(notice).toHaveCount(before - 1);
  hands.within("a notice acknowledged", 1, 8);
});

test("the order of a repeat session takes at most twenty seconds", async ({ page }) => {
  // Marit has had her session and is at home; the front desk books the next one.
  await signIn(page, "front-desk");
  await page.goto("/patients");
  const letting_in = page.getByRole("link", { name: "Send a link to HAUGEN, Marit" });
  const record = ((await letting_in.getAttribute("href")) ?? "").replace(/\/link$/, "");
  await page.goto(`${record}/course`);
  await page.locator("#visits").fill("1");
  await page.locator("#from").fill(clinicDay(8));
  await page.getByRole("button", { name: "Propose", exact: true }).click();
  await page.getByRole("button", { name: /^Book (these|this)/ }).click();
  await page.waitForLoadState();
  const visit = (await page.locator("table a[href^='/visits/']").last().getAttribute("href")) ?? "";
  expect(visit).toContain("/visits/");
  await signIn(page, "prescriber");
  await page.goto(visit);
  const hands = new Hands(page);
  await hands.tap(page.getByRole("link", { name: /order/i }).first());
  const save = page.getByRole("button", { name: /Save the order/ });
  // What it comes to is worked out already: the last order stands there to be read and signed.
  if (!(await save.isVisible())) await hands.tap(page.getByRole("button", { name: "Work it out" }));
  await hands.tap(save);
  // A refused order stays on its own page; a saved one stands on the visit's.
  await expect(page).toHaveURL(new RegExp(`${visit}$`));
  await expect(page.getByRole("region", { name: "Order", exact: true })).toContainText("ketamine");
  await expect(page.getByRole("alert")).toHaveCount(0);
  hands.within("the order of a repeat session", 3, 20);
});

/** Somebody of the demo on their own phone. */
async function phone(page: Page, browser: Browser, family: string): Promise<Page> {
  await signIn(page, "front-desk");
  await page.goto("/patients");
  await page.getByRole("link", { name: new RegExp(`Send a link to ${family}`) }).click();
  await page.getByRole("button", { name: "Make a link to hand over" }).click();
  const link = await page.getByLabel("The link").inputValue();
  await page.goto(page.url().replace(/\/link$/, "/details"));
  const [year = "", month = "", day = ""] = (await page.locator("[name=birth_date]").inputValue()).split("-");
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const own = await context.newPage();
  await own.goto(link);
  await own.locator("#day").fill(day);
  await own.locator("#month").fill(month);
  await own.locator("#year").fill(year);
  await own.locator("form.question button[type=submit]").click();
  await expect(own).toHaveURL(/\/my$/);
  return own;
}

test("that one still wants it today is said in at most twenty seconds, on the phone", async ({ page, browser }) => {
  const own = await phone(page, browser, "YOUNG");
  const hands = new Hands(own);
  await hands.tap(own.locator("a[href='/my/consent']").first());
  await hands.tap(own.getByRole("button", { name: "Yes", exact: true }));
  await expect(own.getByRole("button", { name: "Yes", exact: true })).toHaveCount(0);
  hands.within("consent confirmed again", 2, 20);
  await own.context().close();
});

test("somebody who prepared at home is checked in within fifteen seconds", async ({ page }) => {
  const nurse = credentials().users.find((one) => one.role === "nurse");
  expect(nurse).toBeDefined();
  await signIn(page, "nurse");
  await page.goto(`/ready?day=${clinicDay(0)}`);
  const listed = page.locator("section", { hasText: "NASSER" });
  const hands = new Hands(page);
  await hands.tap(listed.getByRole("link", { name: "Check in" }));
  await hands.tap(page.getByRole("button", { name: "Yes", exact: true }).first());
  await page.waitForLoadState();
  await hands.tap(page.getByLabel("says the full name"));
  await hands.tap(page.getByLabel("says the date of birth"));
  await hands.tap(page.getByLabel("Systolic, mmHg"));
  await hands.type("122");
  await page.keyboard.press("Tab");
  await hands.type("76");
  await page.keyboard.press("Tab");
  await hands.type("70");
  await page.keyboard.press("Tab");
  await hands.type("98");
  await hands.tap(page.getByRole("button", { name: "Check in", exact: true }));
  await expect(page.getByRole("link", { name: "To the session room" })).toBeVisible();
  hands.within("check-in at the door", 8, 15);
});
