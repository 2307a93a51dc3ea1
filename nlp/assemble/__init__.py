"""From what the model labelled to the contract's actions: values read exactly, ellipsis shared out, doubtful writes stopped."""
