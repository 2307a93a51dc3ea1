"""The corpus grammar: templates, samplers, noise and composition that make labelled utterances from a seed."""
