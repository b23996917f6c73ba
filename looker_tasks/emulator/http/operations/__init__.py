"""What answers each operation of the API; `routes` says which."""
