"""What is known of the values of a column, and so the type that holds all of them exactly."""
