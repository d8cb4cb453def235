// Everything that the pages' scripts do, one behaviour a file. Every page but the live room works
// without any of it.
import { announceAdvisories } from "./parts/advisory_announcer.ts";
import { sendActs } from "./parts/act_sender.ts";
import { liveBoard } from "./parts/board_live.ts";
import { keepDialogs } from "./parts/dialog_keeper.ts";
import { endDrill } from "./parts/drill_ends.ts";
import { holdToStop } from "./parts/hold_to_stop.ts";
import { keepTheRoom, offerPack, openKeptRoom } from "./parts/kept_room.ts";
import { keepTime } from "./parts/local_time.ts";
import { drawOn } from "./parts/drawing.ts";
import { enterGoesOn } from "./parts/next_field.ts";
import { goOnWithoutContact } from "./parts/offline_room.ts";
import { showOutbox } from "./parts/outbox_view.ts";
import { liveSession } from "./parts/session_live.ts";
import { signalPad } from "./parts/signal_pad.ts";
import { checkSound } from "./parts/sound_check.ts";
import { heardClock } from "./parts/tablet_clock.ts";
import { canKeep } from "./parts/tablet_key.ts";
import { lockAtSignOut, makeReady } from "./parts/tablet_ready.ts";
import { switchTheme } from "./parts/theme_switch.ts";
import { writeColons } from "./parts/time_field.ts";
import { recordInto } from "./parts/voice_note.ts";

document.documentElement.classList.add("scripted");
switchTheme();
writeColons(document.body);
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-drawing]")) drawOn(form);
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-voice]")) recordInto(form);

const main = document.getElementById("main");
const standIn = document.getElementById("offline-page");
// The page that stands in for a room becomes the room that was kept, if there is one.
const kept = standIn && canKeep() ? await openKeptRoom(standIn).catch(() => undefined) : undefined;
keepTime();
// The page says what time it was on the server when it was made.
const made = Number(document.getElementById("now")?.dataset["at"]);
if (made && !standIn) heardClock(made);
// By the server's clock, and so after it was heard: what is taken away does not come back.
endDrill();

const board = document.getElementById("board");
if (board) {
  liveBoard(board);
  announceAdvisories(board);
}

const room = document.getElementById("room");
const keeper = room && canKeep() ? keepTheRoom(room, kept?.snapshot) : undefined;
if (room) {
  const refresh = liveSession(room, () => keeper?.grew(), kept?.at);
  const dialogs = keepDialogs(room);
  sendActs(room, dialogs, refresh);
  holdToStop(room, dialogs);
  enterGoesOn(room);
  checkSound(room);
  if (keeper) goOnWithoutContact(room, keeper, refresh);
  if (kept) offerPack(kept.snapshot.pack);
}

const pad = document.getElementById("signal-pad");
if (pad) signalPad(pad);

const staff = document.querySelector('form[action="/sign-out"][data-keeps]') !== null;
if (main && (staff || standIn)) {
  lockAtSignOut();
  showOutbox(main);
}
if (staff && (room || board)) void makeReady().then(() => keeper?.grew());
