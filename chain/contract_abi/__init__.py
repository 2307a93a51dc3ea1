"""Where a contract's ABI comes from, a module a source, and how its view functions are called."""
