"""Words to actions: schema, recognisers, corpus, model, dialogue. No chain, no network, no keys."""
