"""Recognises which musical instrument is playing in a recording."""
