// What is on this tablet and not on the server: how much, what, whose, and what to do.
import { overall } from "./act_sender.ts";
import { type Standing, leave, sendWaiting, standing, whenChanged } from "./outbox.ts";
import { canKeep } from "./tablet_key.ts";
import { clock } from "./words.ts";

/** Shows it at the top of the page, wherever staff are, and sends it when it can be sent. */
export function showOutbox(main: HTMLElement): void {
  if (!canKeep()) return;
  const place = document.createElement("section");
  place.className = "outbox";
  place.id = "outbox";
  place.hidden = true;
  place.setAttribute("role", "status");
  place.setAttribute("aria-label", "Entries on this tablet");
  (document.getElementById("room-outbox") ?? main).prepend(place);
  let heardOf = 0;
  const look = async (): Promise<void> => {
    const turn = (heardOf += 1);
    const known = await standing();
    if (turn === heardOf) draw(place, known);
  };
  whenChanged(({ count, at }) => {
    if (count > 0) overall(`Saved on the server ${at ?? ""}: ${entries(count)} from this tablet.`, false);
    void look();
  });
  addEventListener("online", sendWaiting);
  void look();
  sendWaiting();
}

function entries(count: number): string {
  return count === 1 ? "1 entry" : `${count} entries`;
}

function draw(place: HTMLElement, { mine, locked, faulted }: Standing): void {
  const lines: Node[] = [];
  const waiting = mine.filter(({ act }) => act.notTaken === undefined);
  const left = mine.filter(({ act }) => act.notTaken !== undefined);
  if (waiting.length > 0) {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = `${entries(waiting.length)} saved on this tablet, not on the server yet`;
    const list = document.createElement("ol");
    for (const { act } of waiting) {
      const item = document.createElement("li");
      item.dataset["outbox"] = act.act;
      item.textContent = `${clock(act.happenedAt).slice(0, 5)} ${act.says} · saved on this tablet`;
      list.append(item);
    }
    details.append(summary, list);
    lines.push(details);
    if (faulted !== undefined) {
      const line = document.createElement("p");
      line.className = "refusal";
      line.textContent = `The server’s last answer: ${faulted} What is on this tablet is sent again by itself.`;
      lines.push(line);
    }
  }
  for (const { waiting: kept, act } of left) {
    const line = document.createElement("p");
    line.className = "refusal";
    line.textContent = `Not taken by the server: ${clock(act.happenedAt).slice(0, 5)} ${act.says}. ${act.notTaken ?? ""} Enter it anew, then remove it here. `;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = "Remove";
    button.addEventListener("click", () => {
      if (kept.sequence !== undefined) void leave(kept.sequence);
    });
    line.append(button);
    lines.push(line);
  }
  for (const [name, count] of locked) {
    const line = document.createElement("p");
    const link = document.createElement("a");
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = "Sign in";
    line.append(`${entries(count)} of ${name} wait locked on this tablet. `, link, ` as ${name} to send them.`);
    lines.push(line);
  }
  place.replaceChildren(...lines);
  place.hidden = lines.length === 0;
}
