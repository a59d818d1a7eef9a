"""The mathematics that knows no question: exact forms, residues, balls, factors, SymPy at the end."""
