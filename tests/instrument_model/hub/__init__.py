"""Tests of models that come from the Hub."""
