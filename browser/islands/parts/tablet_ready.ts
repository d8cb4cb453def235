// Says whether this device is ready to go on without a connection, and what is missing.
import { askWho, canKeep, lock } from "./tablet_key.ts";
import { flush } from "./outbox.ts";
import { say } from "./words.ts";

/** The worker that answers for a room when the server does not. */
export async function makeReady(): Promise<void> {
  if (!canKeep()) {
    tell("Not over HTTPS: this device cannot be installed, and keeps nothing when the connection is lost.");
    return;
  }
  const prepared = await prepare();
  const who = await askWho();
  const lasting = (await navigator.storage?.persist?.()) ?? false;
  if (typeof who === "string") return;
  if (!prepared) {
    tell("What is charted is kept without a connection, but this page is not: do not reload it then. Reload it now to try again.");
    return;
  }
  tell(
    lasting
      ? "Ready to go on without a connection."
      : "Goes on without a connection. Install Evenkeel on this device: until then the browser may clear what waits here.",
  );
}

/** Whether the worker stands ready; it is tried twice, for the first try may meet a bad moment. */
async function prepare(): Promise<boolean> {
  for (let tries = 0; tries < 2; tries += 1) {
    const known = await navigator.serviceWorker
      ?.register(`/service-worker.js${new URL(import.meta.url).search}`)
      .catch(() => undefined);
    if (known?.active) return true;
    const coming = known?.installing ?? known?.waiting;
    if (coming && (await becomesActive(coming))) return true;
  }
  return false;
}

function becomesActive(worker: ServiceWorker): Promise<boolean> {
  return new Promise((known) => {
    const look = (): void => {
      if (worker.state === "activated") known(true);
      else if (worker.state === "redundant") known(false);
    };
    worker.addEventListener("statechange", look);
    setTimeout(() => known(false), 10_000);
    look();
  });
}

function tell(text: string): void {
  say(document.getElementById("tablet-ready"), text);
}

/** Before signing out what waits is sent; afterwards nothing that was kept can be opened here. */
export function lockAtSignOut(): void {
  const form = document.querySelector<HTMLFormElement>('form[action="/sign-out"]');
  form?.addEventListener("submit", (event) => {
    if (!canKeep() || form.dataset["locked"] !== undefined) return;
    event.preventDefault();
    form.dataset["locked"] = "";
    const patience = new Promise((done) => setTimeout(done, 3_000));
    void Promise.race([flush().catch(() => false), patience])
      .then(() => lock())
      .catch(() => undefined)
      .then(() => form.submit());
  });
}
