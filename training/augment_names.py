"""The names of all augmentations, apart from the code that needs heavy libraries, so that `--help` is instant."""

VOICE_LEVEL_NAMES = ("speed", "stretch", "pitch", "equalise")
SCENE_LEVEL_NAMES = ("reverb", "room", "noise", "band_limit", "codec", "gain")
AUGMENTATIONS = (*VOICE_LEVEL_NAMES, "amplifier", *SCENE_LEVEL_NAMES, "mixture", "crop", "mask")
