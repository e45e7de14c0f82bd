// Choosing a variant brings its price to the top and its picture into view.
const price = document.getElementById("price");

document.querySelector(".variants")?.addEventListener("change", (event) => {
  const choice = event.target.closest(".choice");
  price.replaceChildren(...[...choice.querySelector(".choice__price").childNodes].map((node) => node.cloneNode(true)));
  const picture = document.getElementById(event.target.dataset.picture ?? "");
  picture?.parentElement.scrollTo({ left: picture.offsetLeft - picture.parentElement.offsetLeft });
});
