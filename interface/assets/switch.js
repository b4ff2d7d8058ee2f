// The switch of languages. Nothing is loaded anew, so nothing is lost.
element.addEventListener("change", ({ target }) => {
  visitor.choose(target.value);
  trigger("language");
});
