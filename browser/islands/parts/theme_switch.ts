// Day and dim, at once and for this device; without scripts the same form does it by a new page.

/** Takes over the one button. */
export function switchTheme(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-theme-switch]");
  const button = form?.querySelector<HTMLButtonElement>("button[name=theme]");
  if (!form || !button) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const theme = button.value;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, button)) body.append(name, String(value));
    document.documentElement.dataset["theme"] = theme;
    button.value = theme === "dim" ? "day" : "dim";
    button.textContent = theme === "dim" ? "Day" : "Dim";
    void fetch(form.action, { method: "POST", body, redirect: "manual" })
      .catch(() => undefined)
      .then(() => document.dispatchEvent(new Event("evenkeel:theme")));
  });
}
