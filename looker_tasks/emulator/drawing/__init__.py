"""Pages of real charts, as PDF, PNG or JPG."""
