"""How content and tasks look in answers: bodies of API 4.0, of which `versions` makes those of API 3.1. Pure."""
