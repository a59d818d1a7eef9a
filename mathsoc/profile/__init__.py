"""One's own account: points and places, answers, name, address, password, browsers."""
