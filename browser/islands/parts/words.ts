// Small things that several behaviours say or do alike.

/** The clinic's zone, from the page: devices may be set to another one. */
const zone = document.documentElement.dataset["zone"] ?? "UTC";

/** `13:12:45` in the clinic's zone. */
export function clock(milliseconds: number): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(milliseconds);
}

/** Sets a text only when it differs, so that what is heard is heard once. */
export function say(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

/** Puts new HTML of our own server in place; keeps focus and what is being typed. */
export function replace(container: Element, html: string): void {
  if (container.getAttribute("data-html") === digest(html)) return;
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const way = focused ? wayTo(focused) : null;
  const typed = new Map<string, string>();
  for (const field of container.querySelectorAll<HTMLInputElement>("input[id]:not([type=hidden])")) {
    if (field.value !== field.defaultValue) typed.set(field.id, field.value);
  }
  container.innerHTML = html;
  container.setAttribute("data-html", digest(html));
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field instanceof HTMLInputElement) field.value = value;
  }
  if (way) container.querySelector<HTMLElement>(way)?.focus({ preventScroll: true });
}

function wayTo(element: Element): string {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const opens = element.getAttribute("data-opens");
  if (opens) return `[data-opens="${CSS.escape(opens)}"]`;
  const href = element.getAttribute("href");
  if (href) return `[href="${CSS.escape(href)}"]`;
  const form = element.closest("form");
  const act = form?.getAttribute("data-act");
  return act ? `form[data-act="${CSS.escape(act)}"] ${element.localName}:not([type=hidden])` : element.localName;
}

/** Command ids and other fresh values differ at every render and do not count as a change. */
function digest(html: string): string {
  const plain = html.replace(/name="command_id" value="[^"]*"/g, "");
  let sum = 7;
  for (let index = 0; index < plain.length; index += 1) sum = (sum * 31 + plain.charCodeAt(index)) | 0;
  return `${plain.length}.${sum}`;
}

/** A version 4 UUID; `randomUUID` exists only where the page came over TLS or from this machine. */
export function randomId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
