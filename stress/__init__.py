"""Long trials that try to break the decoder and the app: `make stress`; docs/reliability.md has what came of them."""
