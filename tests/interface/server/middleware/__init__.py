"""Tests of what strangers may send and ask for."""
