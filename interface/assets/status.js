// The model may have been exchanged since the page was made: the empty card says what the one that answers now knows.
watch("value", () => {
  const text = element.querySelector("[data-recognises]")?.dataset.recognises, place = document.querySelector("#result [data-state=empty] .explanation");
  if (text && place) place.textContent = text;
});
