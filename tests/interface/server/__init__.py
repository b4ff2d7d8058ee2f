"""Tests of what keeps a public server up."""
