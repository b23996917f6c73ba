"""What earlier runs left: reported, verified, tried again."""
