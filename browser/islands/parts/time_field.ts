// A time of day is four digits on the number pad: the colon comes by itself. The browser's own
// time field would show twelve hours on devices set so; a chart has twenty-four.

/** Watches the times of a page. */
export function writeColons(root: HTMLElement): void {
  root.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !field.matches(".time")) return;
    const digits = field.value.replace(/\D/g, "").slice(0, 4);
    const typing = (event as InputEvent).inputType?.startsWith("insert");
    if (typing && digits.length >= 3 && !field.value.includes(":")) {
      field.value = digits.length === 4 ? `${digits.slice(0, 2)}:${digits.slice(2)}` : digits;
    }
  });
}
