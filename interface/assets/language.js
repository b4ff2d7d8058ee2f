// Runs before everything else: the visitor's language, for the server, for Gradio, and for what only speaks English.
(() => {
  const { language, languages, warning, said } = window.visitor, here = new URL(location.href), CLIP = "/gradio_api/file=";
  const kept = (store, name, value) => { // a frame of another site may have no place to keep things
    try {
      return value === undefined ? store().getItem(name) : store().setItem(name, value);
    } catch {}
  };
  const show = (wanted) => {
    here.searchParams.set("lang", wanted);
    location.replace(here);
  };
  const wanted = kept(() => localStorage, "language");
  if (languages.includes(wanted) && wanted !== language && !here.searchParams.has("lang")) show(wanted);

  // Gradio knows some of these languages, and not well: it speaks English here, and is translated below.
  Object.defineProperty(navigator, "language", { value: "en", configurable: true });
  const original = window.fetch;
  window.fetch = (what, options = {}) => {
    if (new URL(what.url ?? what, location.href).origin !== location.origin) return original(what, options);
    const headers = new Headers(options.headers ?? what.headers);
    headers.set("x-page-language", language);
    return original(what, { ...options, headers });
  };

  // The switch. The clip on the page is still on the server, and is shown again.
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("#language")) return;
    const busy = document.querySelector(".files-found:not([hidden]), .live-button[aria-pressed=true], #clip .uploading");
    const stops = document.querySelectorAll("#clip .stop-button, #clip .stop-button-paused"); // shown while it records
    if ((busy || [...stops].some((button) => button.checkVisibility())) && !confirm(warning)) return (target.value = language);
    kept(() => localStorage, "language", target.value);
    kept(() => sessionStorage, "clip", document.querySelector("#clip audio")?.src.split(CLIP)[1] ?? "");
    show(target.value);
  });
  window.visitor.kept = () => {
    const path = decodeURIComponent(kept(() => sessionStorage, "clip") ?? "");
    kept(() => sessionStorage, "clip", "");
    return path ? { path, meta: { _type: "gradio.FileData" } } : null;
  };

  // What Gradio says by itself, in text and to those who do not see it. A button's English name stays beside it.
  const NAMES = ["aria-label", "title", "placeholder", "alt"];
  const translate = (node) => {
    const text = node.data?.trim();
    if (said[text] && !node.parentElement?.closest(".html-container, script, style")) node.data = node.data.replace(text, said[text]);
    for (const name of node.getAttribute ? NAMES : []) {
      const english = node.getAttribute(name);
      if (!said[english] || node.closest(".html-container")) continue;
      node.dataset.english = english;
      node.setAttribute(name, said[english]);
    }
    if (node.id === "about" && node.lang !== "en") node.lang = "en"; // the model card
    node.childNodes.forEach(translate);
  };
  const root = document.documentElement;
  new MutationObserver((changes) => {
    if (root.lang !== language) root.lang = language;
    for (const { target, addedNodes, type } of changes) for (const node of type === "childList" ? addedNodes : [target]) translate(node);
  }).observe(document, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: [...NAMES, "lang"] });
})();
