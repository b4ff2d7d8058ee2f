// Runs once, before the page's components: any file may be given to the recording tab, and the decoder judges it.
// Gradio refuses what the browser does not call audio: webm, mp4 and 3gp are video to it, caf and mka nothing, and what
// a file is called says less than what it holds.
(() => {
  const inClip = (event) => event.target instanceof Element && event.target.closest("#clip");
  const called = (file) => (file.type.startsWith("audio/") ? file : new File([file], file.name, { type: "audio/unknown" }));
  const asAudio = (files) => {
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(called(file));
    return transfer;
  };
  document.addEventListener("change", (event) => {
    if (inClip(event) && event.target.type === "file" && event.target.files.length) event.target.files = asAudio(event.target.files).files;
  }, true);
  document.addEventListener("drop", (event) => {
    if (inClip(event) && event.dataTransfer?.files.length) Object.defineProperty(event, "dataTransfer", { value: asAudio(event.dataTransfer.files) });
  }, true);
})();
