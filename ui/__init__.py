"""Every way a person or a program reaches the assistant: `ui.cli`, and `ui.server` with the chat and the JSON API."""
