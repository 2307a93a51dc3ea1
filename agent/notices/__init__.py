"""What a person is told unasked: stored once, and delivered to every channel that they configured."""
