"""Tests of rendered phrases."""
