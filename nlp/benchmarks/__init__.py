"""Public data sets through the product's own training code, and their recorded results."""
