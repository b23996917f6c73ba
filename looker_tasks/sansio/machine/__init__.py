"""The machine of one export: its states and transitions, what it directs, what it is answered, what it notes."""
