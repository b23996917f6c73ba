"""Values: where they come from, and every combination of them."""
