// The board as it stands now, once a second at the most. Only what has changed is sent.
import { watchFreshness } from "./freshness_watch.ts";
import type { Call } from "./advisory_announcer.ts";
import { replace } from "./words.ts";

interface Change {
  html?: string;
  lines?: [number, string][];
  calls?: Call[];
}

/** Follows the clinic. */
export function liveBoard(board: HTMLElement): void {
  const freshness = watchFreshness(board);
  let lines: string[] = [];
  let calls: Call[] = [];
  const tell = (): void => {
    freshness.heard();
    board.dispatchEvent(new CustomEvent("evenkeel:board", { detail: calls }));
  };
  const stream = new EventSource(board.dataset["live"] ?? "");
  stream.addEventListener("board", (event) => {
    const change = JSON.parse(event.data) as Change;
    if (change.html !== undefined) lines = change.html.split("\n");
    for (const [number, text] of change.lines ?? []) lines[number] = text;
    if (change.calls) calls = change.calls;
    replace(board, lines.join("\n"));
    tell();
  });
  stream.addEventListener("beat", tell);
}
