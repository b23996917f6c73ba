"""What a dashboard is made of, and which filters it has."""
