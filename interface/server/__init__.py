"""What keeps a public server up: bounds of every kind, in front of Gradio."""
