"""Labelled phrases from MIDI files and sound fonts."""
