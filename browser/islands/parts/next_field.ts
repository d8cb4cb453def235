// Enter in a number goes to the next number; in the last it saves. So a set of vital signs is
// typed on a keypad without looking for the next field.

/** Watches the numbers of the room. */
export function enterGoesOn(room: HTMLElement): void {
  room.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || !(field instanceof HTMLInputElement) || !field.matches(".number")) return;
    const numbers = [...(field.form?.querySelectorAll<HTMLInputElement>("input.number") ?? [])];
    const next = numbers[numbers.indexOf(field) + 1];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  });
}
