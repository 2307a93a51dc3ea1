"""What a turn means given the turns before it: filling, correcting, repeating, reversing, confirming."""
