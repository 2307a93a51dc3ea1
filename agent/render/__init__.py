"""How things are shown: amounts exactly, text from outside escaped, cards and tables within 80 columns."""
