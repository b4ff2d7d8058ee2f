"""The names of all augmentations, apart from the code that needs heavy libraries, so that `--help` is instant."""

VOICE_LEVEL_NAMES = ("speed", "stretch", "pitch", "equalise")
SCENE_LEVEL_NAMES = ("reverb", "room", "old_recording", "noise", "band_limit", "codec", "telephone", "gain")
AUGMENTATIONS = (*VOICE_LEVEL_NAMES, "amplifier", *SCENE_LEVEL_NAMES, "mixture", "band", "crop", "mask")
