// The page of a chat room. What people write gets into it by textContent alone.

const $ = (id) => document.getElementById(id);
const room = decodeURIComponent(location.pathname.split("/").pop());
const address = new URL(`${encodeURIComponent(room)}/socket`, location.href);
address.protocol = address.protocol.replace("http", "ws");

const FIRST_DELAY = 500; // ms, of a reconnect; doubled each time
const LONGEST_DELAY = 15_000;
const ECHO_TIME = 8_000; // a message that did not come back by then went nowhere
const TYPING_EVERY = 2_000;
const TYPING_SHOWN = 4_000;
const SAME_GROUP = 5 * 60_000;
const REPLACED = 4000;
const AGAINST_THE_RULES = 1008;

// ---- what is remembered: the name for this browser, a secret for this window

const storage = (name) => {
  try {
    const kept = window[name];
    kept.getItem("");
    return kept;
  } catch { // forbidden by the browser
    const map = new Map();
    return { getItem: (k) => map.get(k) ?? null, setItem: (k, v) => map.set(k, v) };
  }
};
const forBrowser = storage("localStorage");
const forWindow = storage("sessionStorage");

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))]
  .map((b) => b.toString(16).padStart(2, "0")).join("");
const key = forWindow.getItem("key") ?? newKey();
forWindow.setItem("key", key);

let wanted = forBrowser.getItem("name");
let me = null; // the name that the room gave
let epoch = null;
let last = 0; // number of the last message
let limit = 2000;
const people = new Set();
const pending = new Map(); // ref -> { text, item, since }

// ---- small helpers

const element = (tag, className, text) => {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
};

const hueOf = (name) => {
  let hash = 2166136261;
  for (const c of name.toLowerCase()) hash = Math.imul(hash ^ c.codePointAt(0), 16777619);
  return (hash >>> 17) % 360;
};

const faceOf = (name) => {
  const face = element("span", "face", [...name][0].toUpperCase());
  face.ariaHidden = "true";
  return face;
};

const clock = new Intl.DateTimeFormat([], { timeStyle: "short" });
const calendar = new Intl.DateTimeFormat([], { weekday: "long", day: "numeric", month: "long" });
const exact = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "medium" });

/** The text, with its web addresses as links. */
const withLinks = (text) => {
  const parts = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"'`]+/gi)) {
    let url = match[0].replace(/[.,:;!?]+$/, "");
    if (url.endsWith(")") && !url.includes("(")) url = url.slice(0, -1);
    if (!URL.canParse(url)) continue;
    const link = element("a", "", url);
    link.href = url;
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow ugc";
    parts.append(text.slice(end, match.index), link);
    end = match.index + url.length;
  }
  parts.append(text.slice(end));
  return parts;
};

// ---- the log

const scroll = $("scroll");
const log = $("log");
let atEnd = true;
let unseen = 0; // below the part that is shown
let unread = 0; // while another window is looked at

const toEnd = () => {
  scroll.scrollTop = scroll.scrollHeight;
};

const showUnseen = () => {
  $("newer").hidden = unseen === 0;
  $("newer").textContent = `↓ ${unseen} new message${unseen === 1 ? "" : "s"}`;
  document.title = `${unread > 0 ? `(${unread}) ` : ""}#${room}`;
};

scroll.addEventListener("scroll", () => {
  atEnd = scroll.scrollTop + scroll.clientHeight > scroll.scrollHeight - 40;
  if (atEnd && unseen > 0) {
    unseen = 0;
    showUnseen();
  }
}, { passive: true });

new ResizeObserver(() => { if (atEnd) toEnd(); }).observe(scroll);

$("newer").addEventListener("click", () => {
  toEnd();
  $("text").focus();
});

/** What is on its way stays below what has arrived. */
const onItsWay = () => log.querySelector(".sending, .failed");

const lastArrived = () => {
  const first = onItsWay();
  return first ? first.previousElementSibling : log.lastElementChild;
};

const put = (item) => {
  log.insertBefore(item, item.classList.contains("sending") ? null : onItsWay());
  $("empty").hidden = true;
  if (atEnd) toEnd();
};

const note = (text) => {
  const before = lastArrived();
  if (before?.className === "note" && before.textContent.length < 200) {
    before.textContent += ` · ${text}`;
    if (atEnd) toEnd();
  } else if (log.childElementCount > 0) {
    put(element("li", "note", text));
  }
};

let lastAuthor = null; // of the last message, with its time
let lastTime = 0;
let lastDay = "";

const bubbleOf = (name, text, mine) => {
  const item = element("li", mine ? "message mine" : "message");
  item.style.setProperty("--hue", hueOf(name));
  const bubble = element("div", "bubble");
  const author = element("span", "author", name);
  const body = element("span", "text");
  body.append(withLinks(text));
  bubble.append(author, body);
  item.append(faceOf(name), bubble);
  return item;
};

const dayBefore = (date) => {
  const day = calendar.format(date);
  if (day === lastDay) return;
  lastDay = day;
  lastAuthor = null;
  put(element("li", "day", date.toDateString() === new Date().toDateString() ? "Today" : day));
};

const show = (said) => {
  const date = new Date(said.time);
  dayBefore(date);
  const item = bubbleOf(said.name, said.text, said.mine);
  const afterNote = lastArrived()?.className === "note";
  if (said.name !== lastAuthor || said.time - lastTime > SAME_GROUP || afterNote) {
    item.classList.add("first");
  } else {
    item.querySelector(".author").classList.add("hidden");
  }
  lastAuthor = said.name;
  lastTime = said.time;
  const time = element("time", "", clock.format(date));
  time.dateTime = date.toISOString();
  time.title = exact.format(date);
  item.querySelector(".bubble").append(time);
  put(item);
};

const received = (said, live) => {
  if (said.number <= last) return;
  last = said.number;
  if (said.mine && pending.has(said.ref)) {
    pending.get(said.ref).item.remove();
    pending.delete(said.ref);
  }
  show(said);
  stopsTyping(said.name);
  if (!said.mine && live) {
    if (!atEnd) unseen++;
    if (document.hidden) unread++;
    showUnseen();
  }
};

// ---- people

const showPeople = () => {
  const names = [...people].sort((a, b) => (b === me) - (a === me) || a.localeCompare(b));
  $("people").replaceChildren(...names.map((name) => {
    const item = element("li");
    item.style.setProperty("--hue", hueOf(name));
    const label = element("span");
    label.append(element("bdi", "name", name));
    if (name === me) label.append(element("span", "me", " (you)"));
    item.append(faceOf(name), label);
    return item;
  }));
  $("count").textContent = people.size;
  $("crowd").textContent = `${people.size} ${people.size === 1 ? "person" : "people"}`;
};

const typists = new Map(); // name -> timer

const showTypists = () => {
  const names = [...typists.keys()];
  $("typing").textContent =
    names.length === 0 ? ""
      : names.length > 3 ? "Several people are typing …"
        : `${names.join(", ")} ${names.length === 1 ? "is" : "are"} typing …`;
};

const stopsTyping = (name) => {
  clearTimeout(typists.get(name));
  if (typists.delete(name)) showTypists();
};

const types = (name) => {
  clearTimeout(typists.get(name));
  typists.set(name, setTimeout(() => stopsTyping(name), TYPING_SHOWN));
  showTypists();
};

// ---- what the room says

const onMessage = {
  welcome(m) {
    scroll.ariaBusy = "true"; // nobody wants a hundred old messages read out
    if (epoch !== null && m.epoch !== epoch) {
      last = 0;
      note("the server was started anew");
    } else if (m.gap && last > 0) {
      note("some messages are missing here");
    }
    epoch = m.epoch;
    me = m.name;
    limit = m.textLength;
    people.clear();
    m.people.forEach((name) => people.add(name));
    showPeople();
    m.said.forEach((said) => received(said, delay > 0));
    $("empty").hidden = log.childElementCount > 0;
    requestAnimationFrame(() => { scroll.ariaBusy = "false"; });
    delay = 0;
    pending.forEach((p, ref) => { if (!p.failed) transmit(ref, p); });
    state("open", "Connected");
  },
  said: (m) => received(m, true),
  joined(m) {
    people.add(m.name);
    showPeople();
    note(`${m.name} joined`);
  },
  left(m) {
    people.delete(m.name);
    stopsTyping(m.name);
    showPeople();
    note(`${m.name} left`);
  },
  renamed(m) {
    people.delete(m.from);
    people.add(m.to);
    stopsTyping(m.from);
    if (m.from === me) me = m.to;
    showPeople();
    if (m.from !== m.to) note(`${m.from} is now ${m.to}`);
  },
  typing: (m) => types(m.name),
  refused(m) {
    notice(m.reason);
    if (pending.has(m.ref)) fail(m.ref, pending.get(m.ref));
  },
};

// ---- the connection

let socket = null;
let delay = 0; // before the next attempt
let timer = 0; // of that attempt, or of the count-down
let due = 0;

const state = (name, text) => {
  $("state").dataset.state = name;
  $("state-text").textContent = text;
  $("retry").hidden = name !== "waiting" && name !== "ended";
  $("retry").textContent = name === "waiting" ? "Try now" : "Chat here";
};

const connect = () => {
  clearTimeout(timer);
  abandon();
  state("connecting", "Connecting");
  const s = new WebSocket(address);
  socket = s;
  s.addEventListener("open", () => s.send(JSON.stringify(
    { type: "join", name: wanted, key, epoch: epoch ?? "", after: last })));
  s.addEventListener("message", (e) => {
    if (s !== socket) return;
    const m = JSON.parse(e.data);
    onMessage[m.type]?.(m);
  });
  s.addEventListener("close", (e) => { if (s === socket) lost(e.code, e.reason); });
};

const abandon = () => {
  const old = socket;
  socket = null;
  old?.close();
};

const lost = (code, reason) => {
  socket = null;
  [...typists.keys()].forEach(stopsTyping);
  if (code === REPLACED || code === AGAINST_THE_RULES) {
    state("ended", code === REPLACED ? "Open in another window" : `Ended: ${reason}`);
    return;
  }
  delay = Math.min(LONGEST_DELAY, delay === 0 ? FIRST_DELAY : delay * 2);
  due = Date.now() + delay * (.75 + Math.random() / 2); // not all pages at the same moment
  countDown();
};

const countDown = () => {
  const rest = due - Date.now();
  if (rest <= 0) {
    connect();
    return;
  }
  state("waiting", rest > 1500 ? `No connection; again in ${Math.ceil(rest / 1000)} s` : "Reconnecting");
  timer = setTimeout(countDown, Math.min(rest, 500));
};

const soon = () => {
  if (wanted && $("state").dataset.state === "waiting") connect();
};

addEventListener("online", soon);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unread = 0;
  showUnseen();
  soon();
});
$("retry").addEventListener("click", connect);

// ---- writing

const text = $("text");
let nextRef = 1;
let typedAt = 0;
let noticeTimer = 0;

const notice = (reason) => {
  $("notice").textContent = reason;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { $("notice").textContent = ""; }, 5_000);
};

const isOpen = () => $("state").dataset.state === "open" && socket?.readyState === WebSocket.OPEN;

const transmit = (ref, p) => {
  p.since = Date.now();
  socket.send(JSON.stringify({ type: "say", text: p.text, ref }));
};

const fail = (ref, p) => {
  p.failed = true;
  p.item.classList.replace("sending", "failed");
  p.item.querySelector(".mark").remove();
  const again = element("button", "again", "Send again");
  again.type = "button";
  again.addEventListener("click", () => {
    pending.delete(ref);
    p.item.remove();
    send(p.text);
  });
  p.item.querySelector(".bubble").append(again);
};

const send = (said) => {
  const item = bubbleOf(me ?? wanted, said, true);
  item.classList.add("sending");
  item.querySelector(".bubble").append(element("span", "mark", "sending …"));
  const p = { text: said, item, since: Date.now(), failed: false };
  const ref = nextRef++;
  pending.set(ref, p);
  atEnd = true;
  put(item);
  if (isOpen()) transmit(ref, p);
};

/** A connection can be dead without a word; what does not come back tells. */
setInterval(() => {
  const lateSince = Date.now() - ECHO_TIME;
  if (isOpen() && [...pending.values()].some((p) => !p.failed && p.since < lateSince)) connect();
}, 1_000);

const fit = () => {
  const left = limit - text.value.length;
  $("left").textContent = left < 200 ? left : "";
  if (CSS.supports("field-sizing", "content")) return;
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
};

text.addEventListener("input", () => {
  fit();
  const now = Date.now();
  if (text.value.trim() !== "" && now - typedAt > TYPING_EVERY && isOpen()) {
    typedAt = now;
    socket.send(JSON.stringify({ type: "typing" }));
  }
});

text.addEventListener("keydown", (e) => {
  if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
    e.preventDefault();
    $("composer").requestSubmit();
  }
});

$("composer").addEventListener("submit", (e) => {
  e.preventDefault();
  const said = text.value.trim();
  if (said.length > limit) {
    notice(`This is ${said.length - limit} characters too long.`);
  } else if (said !== "") {
    send(said);
    text.value = "";
    typedAt = 0;
    fit();
  }
  text.focus();
});

// ---- names and rooms

const who = $("who");

const ask = () => {
  $("name").value = wanted ?? "";
  who.showModal();
  $("name").select();
};

who.addEventListener("close", () => { if (!wanted) ask(); }); // without a name there is no chat

who.querySelector("form").addEventListener("submit", (e) => {
  e.preventDefault();
  const name = $("name").value.trim();
  if (name === "") return;
  const isFirst = wanted === null;
  wanted = name;
  forBrowser.setItem("name", name);
  who.close();
  text.focus();
  if (isFirst) {
    connect();
  } else if (isOpen()) {
    socket.send(JSON.stringify({ type: "name", name }));
  }
});

$("rename").addEventListener("click", ask);

$("rooms").addEventListener("submit", (e) => {
  e.preventDefault();
  const name = $("other").value.trim().replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-+|-+$/g, "");
  if (name !== "") location.assign(encodeURIComponent(name));
});

const openSide = (open) => {
  document.body.dataset.side = open ? "open" : "";
  $("people-button").ariaExpanded = String(open);
};

$("people-button").addEventListener("click", () => openSide(document.body.dataset.side !== "open"));
document.addEventListener("keydown", (e) => { if (e.key === "Escape") openSide(false); });
document.querySelector("main").addEventListener("click", () => openSide(false));

// ---- begin

$("room").textContent = room;
$("who-room").textContent = room;
$("address").textContent = location.origin + location.pathname;
showUnseen();
if (wanted) {
  connect();
} else {
  state("connecting", "Not connected");
  ask();
}
