"use strict";
// What is shown comes from sources that nobody has to trust: it is put in as text, never as markup.

const $ = (id) => document.getElementById(id);
const running = new Map(); // by source: what is known of its run
let token = sessionStorage.getItem("freshet-token") || "";
let refreshing = false, again = false;

function element(tag, { text, name, title } = {}, ...children) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  if (title) made.title = title;
  made.append(...children);
  return made;
}

// ---- asking

async function ask(path, options = {}) {
  const headers = { ...(options.headers || {}) };
  if (token) headers.Authorization = "Bearer " + token;
  const answer = await fetch(path, { ...options, headers, cache: "no-store" });
  if (answer.status === 401) {
    $("token-form").hidden = false;
    $("token-said").textContent = token ? "That is not its token." : "";
  }
  if (answer.ok) return answer;
  let said = "HTTP " + answer.status;
  try {
    const { error } = await answer.json();
    said = (error.subject ? error.subject + ": " : "") + error.message;
  } catch { /* no JSON: the number says it */ }
  throw new Error(said);
}
const json = async (path) => (await ask(path)).json();

async function trigger(what) {
  try {
    await ask("api/v1/trigger", { method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...what, reason: "asked for on the dashboard" }) });
    say("Asked for: " + (what.uri || what.prefix || what.source), "good");
  } catch (problem) {
    say("Refused: " + problem.message, "bad");
  }
}
let silence = 0;
function say(text, name) {
  clearTimeout(silence);
  silence = setTimeout(() => $("said").replaceChildren(), 10000);
  $("said").textContent = text;
  $("said").className = name;
}

// ---- times

const never = (ms) => ms === null || ms === undefined || Number.isNaN(ms);
const time = (text) => (!text || text === "never" ? NaN : Date.parse(text));
function span(ms) {
  const seconds = Math.abs(ms) / 1000;
  for (const [unit, size] of [["d", 86400], ["h", 3600], ["min", 60]])
    if (seconds >= size) return Math.round(seconds / size) + " " + unit;
  return seconds >= 10 ? Math.round(seconds) + " s" : seconds.toFixed(1) + " s";
}
const ago = (ms) => (never(ms) ? "not yet" : Date.now() - ms < 1000 ? "just now" : span(Date.now() - ms) + " ago");
const ahead = (ms) => (never(ms) ? "not by itself" : ms <= Date.now() + 500 ? "now" : "in " + span(ms - Date.now()));
const full = (ms) => (never(ms) ? "" : new Date(ms).toLocaleString());

// ---- pieces

function row(body, cells) {
  const labels = [...body.parentElement.querySelectorAll("th")].map((each) => (each.querySelector(".unseen") ? "" : each.textContent));
  const made = element("tr");
  cells.forEach((content, at) => {
    const cell = element("td");
    cell.dataset.label = labels[at];
    const inner = element("div", { name: "cell" });
    inner.append(...[content === undefined ? "" : content].flat());
    if (typeof content === "number") cell.className = "n";
    cell.append(inner);
    made.append(cell);
  });
  body.append(made);
}
function bar(share, name, from = 0) {
  const inner = element("i", { name });
  inner.style.left = 100 * from + "%";
  inner.style.width = 100 * Math.min(1, Math.max(0, share)) + "%";
  return element("span", { name: "bar" }, inner);
}
function button(text, label, what) {
  const made = element("button", { text });
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.addEventListener("click", () => trigger(what));
  return made;
}
const small = (text, name) => element("small", { text, name });
const when = (text, ms) => element("span", { text, title: full(ms) });

// ---- what is shown

function showTiles(status) {
  const service = status.service;
  const lag = service.runs.lag_ms.last / 1000;
  const tiles = [
    ["Fresh", status.roots ? Math.floor((1000 * status.fresh) / status.roots) / 10 + " %" : "-", "of " + status.roots + " roots", ""],
    ["Due", status.due, "roots", ""],
    ["Failing", status.failing, "roots", status.failing ? "bad" : ""],
    ["Pending", status.deliveries_pending, "rows to deliver", status.deliveries_pending ? "warn" : ""],
    ["Lag", lag.toFixed(lag < 10 ? 1 : 0) + " s", "of the last run", lag > 60 ? "warn" : ""],
    ["Next", ahead(time(service.next_due)), service.under_way + " under way", ""],
  ];
  $("tiles").replaceChildren(...tiles.map(([name, value, note, kind]) =>
    element("div", {}, element("dt", { text: name }), element("dd", { text: value, name: kind }, " "), small(note))));
  $("about").textContent = status.namespace + " in " + status.directory;
}

function showProblems(status, sources) {
  const lines = [];
  if (status.service.reload_error) lines.push("The new configuration was not taken over: " + status.service.reload_error);
  for (const source of sources) {
    if (source.held) lines.push(source.name + ": " + source.held + " removals are held. " + source.note);
    else if (source.note) lines.push(source.name + ": " + source.note);
    if (source.last_error) lines.push(source.name + ": " + source.last_error.message + " (" + ago(time(source.last_error.at)) + ")");
  }
  $("problem").hidden = lines.length === 0;
  $("problems").replaceChildren(...lines.map((text) => element("li", { text })));
}

function showSources(sources) {
  $("sources").replaceChildren();
  for (const source of sources) {
    const fresh = source.roots ? 1 - source.due / source.roots : 0;
    const name = [element("strong", { text: source.name }),
      small([source.loader, source.configured ? "" : "not in the configuration", source.running ? "running" : ""]
        .filter(Boolean).join(" \u00b7 "))];
    row($("sources"), [name,
      [element("span", { text: source.roots ? Math.floor(100 * fresh) + " %" : "-" }), bar(fresh, fresh < 0.9 ? "warn" : "")],
      source.roots, source.due, source.held, when(ago(time(source.listed)), time(source.listed)),
      source.configured ? when(ahead(time(source.next_listing)), time(source.next_listing)) : "",
      source.configured ? button("List now", "List " + source.name + " now", { source: source.name }) : undefined]);
  }
}

function showFailing(roots) {
  $("failing").replaceChildren();
  for (const root of roots)
    row($("failing"), [[element("span", { text: root.uri }), small(root.title)],
      [element("span", { text: root.error.message.replace(root.uri + ": ", ""), name: "bad" }), small(root.error.code)],
      root.failures, when(ago(root.error.at_ms), root.error.at_ms), when(ahead(root.ask_again_ms), root.ask_again_ms),
      button("Try again", "Try " + root.uri + " again", { uri: root.uri })]);
  $("failing-none").hidden = roots.length > 0;
  $("failing-table").hidden = roots.length === 0;
}

function showRuns(runs) {
  const begins = runs.map((run) => time(run.started)).filter((ms) => !never(ms));
  const first = Math.min(...begins, Date.now() - 1000), whole = Date.now() - first;
  $("axis").textContent = runs.length ? "The bars reach from " + full(first) + " to now." : "None yet.";
  $("runs").replaceChildren();
  for (const run of runs) {
    const began = time(run.started);
    const kind = run.failed || (run.errors || []).length ? "bad" : run.held || run.cancelled ? "warn" : "";
    const counts = ["refreshed", "unchanged", "removed", "failed", "held", "busy"].filter((key) => run[key])
      .map((key) => run[key] + " " + key).join(", ") || "nothing changed";
    row($("runs"), [when(ago(began), began),
      [bar((1000 * run.seconds) / whole, kind || "accent", (began - first) / whole), small(span(1000 * run.seconds))],
      element("span", { text: counts + (run.cancelled ? ", stopped" : ""), name: kind }),
      (run.sources || []).map((source) => source.name).join(", ") || "delivery"]);
  }
}

function showStores(status) {
  $("stores").replaceChildren();
  for (const store of status.stores)
    row($("stores"), [store.name, store.embedder ? store.embedder.name + (store.embedder.model ? " \u00b7 " + store.embedder.model : "") : "none",
      store.state + (store.rebuilding ? ", rebuilding" : ""), store.pending]);
}

// A page of them may be short, where few of many roots fail.
async function failingRoots(many) {
  const found = [];
  for (let after = "", pages = 0; after !== null && found.length < Math.min(many, 50) && pages < 10; pages++) {
    const { roots, next } = await json("api/v1/roots?failing=true&limit=50&after=" + after);
    found.push(...roots);
    after = next;
  }
  return found;
}

async function refresh() {
  if (refreshing) { again = true; return; }
  refreshing = true;
  try {
    const [status, { sources }, { runs }] = await Promise.all([json("api/v1/status"), json("api/v1/sources"),
      json("api/v1/runs?limit=20")]);
    const roots = await failingRoots(status.failing);
    $("token-form").hidden = true;
    showTiles(status);
    showProblems(status, sources);
    showSources(sources);
    showFailing(roots);
    showRuns(runs);
    showStores(status);
  } catch (problem) {
    lost(problem.message);
  }
  refreshing = false;
  setTimeout(() => { if (again) { again = false; refresh(); } }, 1000);
}

// ---- live

function showRunning() {
  $("now").replaceChildren(...[...running].map(([source, run]) => {
    // Progress is told now and then, outcomes one by one.
    const done = Math.max(run.done, Object.values(run.counts).reduce((sum, number) => sum + number, 0));
    const what = run.total ? done + " of " + run.total + " roots" : "listing";
    const counts = Object.entries(run.counts).map(([name, number]) => number + " " + name).join(", ");
    return element("li", {}, element("strong", { text: source || "delivery" }),
      " " + [what, counts, run.reason && "as " + run.reason].filter(Boolean).join(" \u00b7 "),
      bar(run.total ? done / run.total : 0.02, "accent"));
  }));
  $("now-none").hidden = running.size > 0;
}

function log(event) {
  const text = [event.source, event.event.replace("_", " "), event.outcome, event.uri, event.message || event.reason]
    .filter(Boolean).join(" ");
  const kind = event.error || event.outcome === "failed" ? "bad" : event.level === 2 ? "warn" : "";
  $("log").prepend(element("li", { text: new Date(event.time).toLocaleTimeString() + " " + text, name: kind }));
  while ($("log").children.length > 200) $("log").lastChild.remove();
}

function hear(event) {
  const key = event.source || "";
  const run = running.get(key);
  if (event.event === "run_started") running.set(key, { done: 0, total: 0, counts: {}, reason: event.reason });
  else if (event.event === "run_ended") running.delete(key);
  else if (run && event.event === "root_done") run.counts[event.outcome] = (run.counts[event.outcome] || 0) + 1;
  // Progress is told of the whole run, without the name of its source.
  else if (event.event === "progress")
    for (const each of running.size === 1 ? running.values() : run ? [run] : [])
      Object.assign(each, { done: event.done, total: event.total });
  if (event.event !== "progress" && event.event !== "delivery") log(event);
  if (event.event === "run_started" || event.event === "run_ended") refresh();
  showRunning();
}

function lost(why) {
  document.body.className = "lost";
  $("state-text").textContent = why;
}

async function follow() {
  try {
    const answer = await ask("api/v1/events");
    document.body.className = "live";
    $("state-text").textContent = "live";
    running.clear();
    for (const source of (await json("api/v1/sources")).sources)
      if (source.running) running.set(source.name, { done: 0, total: 0, counts: {}, reason: "" });
    showRunning();
    refresh();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ;) {
      const { value, done } = await reader.read();
      if (done) break;
      const frames = (rest + value).split("\n\n");
      rest = frames.pop();
      for (const frame of frames) {
        const data = frame.split("\n").find((line) => line.startsWith("data: {"));
        if (data) hear(JSON.parse(data.slice(6)));
      }
    }
    lost("the service has ended");
  } catch (problem) {
    lost(problem.message);
  }
  if ($("token-form").hidden) setTimeout(follow, 2000);
}

$("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  token = $("token").value.trim();
  sessionStorage.setItem("freshet-token", token);
  $("token-form").hidden = true;
  follow();
});
$("trigger-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("uri").value.trim();
  trigger($("prefix").checked ? { prefix: text } : { uri: text });
});
setInterval(() => { if (document.visibilityState === "visible") refresh(); }, 15000);
follow();
