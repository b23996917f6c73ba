"""The forms of a manifest, YAML, JSON, JSON lines and CSV, as rows; and files as programs and people write them."""
