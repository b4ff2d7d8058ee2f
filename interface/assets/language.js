// Runs before everything else: the visitor's language, for the server, for Gradio, and for what only speaks English.
// `visitor` holds the words of the language, and those of another one after a switch.
(() => {
  const root = document.documentElement;
  const kept = (value) => { // a frame of another site may have no place to keep things
    try {
      return value ? localStorage.setItem("language", value) : localStorage.getItem("language");
    } catch {}
  };
  const address = (language) => {
    const here = new URL(location.href);
    here.searchParams.set("lang", language);
    return here;
  };
  const wanted = kept(), linked = new URLSearchParams(location.search).has("lang");
  if (visitor.languages.includes(wanted) && wanted !== visitor.language && !linked) location.replace(address(wanted));

  // Gradio knows some of these languages, and not well: it speaks English here, and is translated below.
  Object.defineProperty(navigator, "language", { value: "en", configurable: true });
  const original = window.fetch;
  window.fetch = (what, options = {}) => {
    if (new URL(what.url ?? what, location.href).origin !== location.origin) return original(what, options);
    const headers = new Headers(options.headers ?? what.headers);
    headers.set("x-page-language", visitor.language);
    const answer = original(what, { ...options, headers });
    if (!String(what.url ?? what).includes("/queue/join")) return answer;
    // Without an answer, Gradio would wait for ever.
    const told = answer.catch(() => Response.json({ detail: visitor.lost }, { status: 502 }));
    refused = told.then(async (told) => (told.ok ? visitor.lost : (await told.clone().json()).detail));
    return told;
  };

  // Returns card and details for a recording that the server did not answer; the card says why, and the recording stays.
  let refused;
  visitor.failed = async () => {
    const why = await refused, text = document.createElement("p");
    text.textContent = visitor.said[why] ?? why;
    return [visitor.refusal.replace("{sentence}", text.innerHTML), ""];
  };

  // What Gradio says by itself, in text and to those who do not see it. A button's English name stays beside it.
  const NAMES = ["aria-label", "title", "placeholder", "alt"], spoken = new WeakMap();
  const inTheirs = (node, place, text) => {
    const places = spoken.get(node) ?? {}, english = places[place]?.said === text ? places[place].english : text;
    spoken.set(node, { ...places, [place]: { english, said: visitor.said[english] ?? english } });
    return spoken.get(node)[place];
  };
  const translate = (node) => {
    if (node.parentElement?.closest(".html-container, script, style")) return;
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.trim(), { said } = inTheirs(node, "text", text);
      if (said !== text) node.data = node.data.replace(text, said);
    }
    for (const name of NAMES) {
      const text = node.getAttribute?.(name);
      if (!text) continue;
      const { english, said } = inTheirs(node, name, text);
      if (said === text) continue;
      node.dataset.english = english;
      node.setAttribute(name, said);
    }
    if (node.id === "about" && node.lang !== "en") node.lang = "en"; // the model card
    node.childNodes.forEach(translate);
  };
  new MutationObserver((changes) => {
    if (root.lang !== visitor.language) root.lang = visitor.language;
    for (const { target, addedNodes, type } of changes) for (const node of type === "childList" ? addedNodes : [target]) translate(node);
  }).observe(document, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: [...NAMES, "lang"] });

  // The switch: from now on the server answers in this language, and what it is asked next is what the page says.
  visitor.choose = (language) => {
    visitor.language = language;
    kept(language);
    history.replaceState(history.state, "", address(language));
  };
  // Returns what Gradio's components with these numbers say now. The recording is answered again, by the page's own button.
  visitor.speak = ({ title, components, words }, numbers) => {
    Object.assign(visitor, words);
    document.title = title;
    translate(document.body);
    document.querySelector("#recognise").click();
    return numbers.map((number) => ({ __type__: "update", ...components[number] }));
  };
})();
