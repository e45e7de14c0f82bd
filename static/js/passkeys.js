// Joins the button of a page to allauth's passkey code, and says so when the browser refuses.
// What the page wants is in the attributes of this script's element; the challenge is in #passkey-options.
(() => {
  const wish = document.currentScript.dataset;

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault(); // a person who changes their mind is not an error for the console
    document.getElementById("passkey-problem").hidden = false;
  });

  window.allauth.webauthn.forms[wish.act]({
    ids: {
      add: "passkey-button",
      authenticate: "passkey-button",
      credential: wish.credential,
      passwordless: wish.passwordless,
      data: "passkey-options",
    },
  });
})();
