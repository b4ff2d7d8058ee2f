"""What a visitor sees: texts, templates, styles and the handlers behind the page of `app.py`."""
