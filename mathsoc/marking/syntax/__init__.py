"""Text to tree and back: the tokenizer, the grammar, the tree, the printers. Knows no mathematics."""
