// The workshop's page works without this file. With it, a scan changes the page in place: the field keeps the focus, and
// a sound says whether to go on (one high note), to seal (two) or to stop (low and long).
"use strict";

const NOTES = { ok: [[880, 0, 0.12]], done: [[880, 0, 0.12], [1320, 0.14, 0.2]], stop: [[180, 0, 0.35], [180, 0.42, 0.35]] };
let audio = null;

function play(mood) {
  if (!NOTES[mood] || !window.AudioContext) return;
  audio ??= new AudioContext();
  for (const [pitch, after, long] of NOTES[mood]) {
    const tone = audio.createOscillator();
    const loud = audio.createGain();
    tone.type = mood === "stop" ? "square" : "sine";
    tone.frequency.value = pitch;
    loud.gain.value = 0.2;
    tone.connect(loud).connect(audio.destination);
    tone.start(audio.currentTime + after);
    tone.stop(audio.currentTime + after + long);
  }
}

// Where there is nothing to read in, the words are what to attend to; a heading takes no Enter.
function focus() {
  (document.querySelector("#code") ?? document.querySelector(".work__words h2"))?.focus();
}

// Codes read while the one before is on its way; a stop or a seal empties the queue, so nothing is counted unseen.
let busy = false;
let queue = [];

async function swap(form) {
  const data = new FormData(form);
  if (form.code) form.code.value = "";
  const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = fresh.querySelector("main");
  if (!answer.ok || !main?.querySelector("[data-mood]")) return location.reload();
  const typed = document.querySelector("#code")?.value ?? "";
  document.querySelector("main").replaceChildren(...main.childNodes);
  play(document.querySelector("[data-mood]").dataset.mood);
  const field = document.querySelector("#code");
  if (field) field.value = typed;
  focus();
}

function next() {
  busy = false;
  const field = document.querySelector("#code");
  const code = queue.shift();
  if (!field) queue = [];
  else if (code) {
    const typed = field.value;
    field.value = code;
    field.form.requestSubmit();
    field.value = typed;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-swap]");
  if (!form) return;
  event.preventDefault();
  if (busy) {
    if (form.code?.value) queue.push(form.code.value);
    if (form.code) form.code.value = "";
    return;
  }
  busy = true;
  swap(form).then(next, () => location.reload());
});
// A scanner types wherever the focus is: what it types elsewhere goes to the field, and the Enter that ends a code never
// presses a button, which no hand could reach so fast.
let typedAt = 0;
document.addEventListener("keydown", (event) => {
  if (event.target.id === "code" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && event.timeStamp - typedAt < 100) event.preventDefault();
  if (event.key.length !== 1 || event.key === " ") return;
  typedAt = event.timeStamp;
  focus();
});
document.addEventListener("DOMContentLoaded", focus);
