// How a page is looked at: accessibility in both themes, nothing wider than the screen, no error in
// the console.
import { AxeBuilder } from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";

/** Errors of the page from here on. */
export function listen(page: Page): string[] {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    // A page that is asked for and is not there, or no longer, is what that test is about.
    if (message.type() === "error" && !/\b(404|410)\b/.test(message.text())) faults.push(message.text());
  });
  return faults;
}

/**
 * Every rule in the theme that the page has; where it can be switched, the rule of contrast in the
 * other one too, for colours are all that differs between them. `part` looks at nothing but that
 * part of a page, where the rest was looked at before.
 */
export async function look(page: Page, faults: string[] = [], part = "html"): Promise<void> {
  const axe = (): AxeBuilder => new AxeBuilder({ page }).include(part);
  expect(await violations(axe())).toEqual([]);
  const theme = await page.locator("html").getAttribute("data-theme");
  if (theme !== null && (await page.locator(".theme-switch").count()) > 0) {
    const wear = (worn: string): Promise<void> => page.evaluate((worn) => {
      document.documentElement.dataset["theme"] = worn;
    }, worn);
    await wear(theme === "dim" ? "day" : "dim");
    expect(await violations(axe().withRules(["color-contrast"]))).toEqual([]);
    await wear(theme);
  }
  const { wide, screen } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    screen: document.documentElement.clientWidth,
  }));
  expect(wide, "nothing is wider than the screen").toBeLessThanOrEqual(screen);
  expect(faults).toEqual([]);
}

async function violations(axe: AxeBuilder): Promise<string[]> {
  const found = await axe.analyze();
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}
