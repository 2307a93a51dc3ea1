"""An optional larger model of the person's own: asked where the small one is unsure, and for questions. Off by default."""
