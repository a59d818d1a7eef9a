"""The JSON maths API of staff: how a text is read, whether two are equal, and the normal form."""
