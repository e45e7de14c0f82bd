// Makes a chat live: what is new comes by itself and what is sent needs no new page. Without this file the
// same page works with its buttons. The server renders every line, so nothing typed is ever taken for HTML.
const SECONDS = 4;
const chat = document.querySelector("[data-chat]");
const thread = chat.querySelector("[data-chat-thread]");
const log = thread.parentElement;
const state = chat.querySelector("[data-chat-state]");
const form = chat.querySelector("#say");
const body = form.querySelector("textarea");

const lastLine = () => thread.lastElementChild?.id.slice(1) ?? "0";
const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 48;
const toEnd = () => { log.scrollTop = log.scrollHeight; };

let looking = null;

async function lookOnce() {
  const answer = await fetch(`${chat.dataset.lines}?after=${lastLine()}`);
  if (!answer.ok || answer.redirected) return;
  const news = new DOMParser().parseFromString(await answer.text(), "text/html");
  const follows = isAtEnd();
  for (const line of news.querySelectorAll("[data-chat-thread] > li")) {
    if (!document.getElementById(line.id)) thread.append(line);
  }
  const told = news.querySelector("[data-chat-state]");
  if (told && told.textContent !== state.textContent) state.replaceChildren(...told.childNodes);
  if (follows) toEnd();
}

// One at a time; a call in between is answered by a look that begins after it.
function look() {
  looking = (looking ?? Promise.resolve()).then(lookOnce).catch(() => {});
  return looking;
}

async function send(event) {
  if (form.querySelector("[role=alert], .errorlist")) return; // a new page takes the mistakes away
  event.preventDefault();
  if (event.submitter?.name === "look") return look();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (!answer.redirected) return form.submit(); // something is wrong: the page says what
    if (new URL(answer.url).pathname !== location.pathname) return location.assign(answer.url);
    form.reset();
    body.value = "";
    await look();
    toEnd();
    body.focus();
  } catch {
    form.submit();
  } finally {
    button.disabled = false;
  }
}

function poll() {
  setInterval(() => { if (!document.hidden) look(); }, SECONDS * 1000);
}

function listen() {
  const events = new EventSource(chat.dataset.events);
  events.onmessage = look;
  events.onerror = () => { if (events.readyState === EventSource.CLOSED) poll(); };
  addEventListener("pagehide", () => events.close());
}

form.addEventListener("submit", send);
body.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
toEnd();
listen();
