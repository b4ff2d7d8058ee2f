"""Tests of what training reads."""
