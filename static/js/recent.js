// What somebody looked at, remembered by their own browser if they ask it to. Nothing of it is ever sent.
const KEY = "recent";
const MOST = 6;
const region = document.querySelector("[data-recent]");

// Not there yet is "off"; a browser that keeps nothing at all shows nothing at all.
const read = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(kept) ? kept : null;
  } catch {
    return undefined;
  }
};

const card = ({ slug, name, picture }) => {
  const item = document.createElement("li");
  item.className = "card";
  const link = document.createElement("a");
  link.href = region.dataset.path.replace(/any\/$/, `${encodeURIComponent(slug)}/`);
  link.textContent = name;
  if (picture?.startsWith("/")) {
    const frame = item.appendChild(document.createElement("span"));
    frame.className = "picture";
    const image = frame.appendChild(document.createElement("img"));
    image.alt = "";
    image.loading = "lazy";
    image.src = picture;
  }
  const title = item.appendChild(document.createElement("h3"));
  title.className = "card__name";
  title.append(link);
  return item;
};

const draw = (seen) => {
  for (const part of region.querySelectorAll("[data-when]")) {
    part.hidden = (part.dataset.when === "on") !== (seen !== null);
  }
  const others = (seen ?? []).filter(({ slug }) => slug !== region.dataset.slug);
  region.querySelector("ul").replaceChildren(...others.map(card));
  region.hidden = false;
};

const here = () => {
  const picture = document.querySelector(".gallery img");
  const source = picture && new URL(picture.currentSrc || picture.src, location.href);
  return {
    slug: region.dataset.slug,
    name: region.dataset.name,
    picture: source?.origin === location.origin ? source.pathname : "",
  };
};

const remember = (seen) => {
  const others = seen.filter(({ slug }) => slug !== region.dataset.slug);
  const kept = [here(), ...others].slice(0, MOST + 1);
  localStorage.setItem(KEY, JSON.stringify(kept));
  return kept;
};

if (region) {
  const seen = read();
  if (seen !== undefined) draw(seen && remember(seen));
  region.addEventListener("click", (event) => {
    const turn = event.target.dataset.turn;
    if (turn === "on") draw(remember([]));
    if (turn === "off") {
      localStorage.removeItem(KEY);
      draw(null);
    }
    if (turn) region.querySelector(`[data-turn="${turn === "on" ? "off" : "on"}"]`).focus();
  });
}
