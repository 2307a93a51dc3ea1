"""Where notices go, a module a channel, alike in form: a name, and `send`, which raises NotDelivered."""
