"""What the person put right: kept encrypted on this machine alone, listed and deleted by command, learnt from when asked."""
