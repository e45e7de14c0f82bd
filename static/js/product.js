// Choosing a variant brings its price to the top and its picture into view.
const price = document.getElementById("price");

document.querySelector(".variants")?.addEventListener("change", (event) => {
  const choice = event.target.closest(".choice");
  const own = choice.querySelector(".choice__price");
  if (own) price.replaceChildren(...own.cloneNode(true).childNodes);
  const picture = document.getElementById(event.target.dataset.picture ?? "");
  picture?.parentElement.scrollTo({ left: picture.offsetLeft - picture.parentElement.offsetLeft });
});
