"""The model: features, network, training, export and the runtime that predicts intents, segments and slot tags."""
