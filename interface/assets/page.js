// Runs once, before the page's components: browsers filter what a microphone hears for speech, and music must come unfiltered.
(() => {
  const devices = navigator.mediaDevices;
  const tell = (name) => document.dispatchEvent(new CustomEvent("microphone-refused", { detail: name }));
  if (!devices || devices.instrumentModel) return;
  devices.instrumentModel = true;
  const original = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => {
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const audio = wanted.audio && { ...plain, ...(wanted.audio === true ? {} : wanted.audio) };
    try {
      return await original({ ...wanted, audio });
    } catch (error) {
      tell(error.name);
      throw error;
    }
  };
})();
