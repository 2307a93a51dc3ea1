"""A larger model's part in understanding: what it is asked, what it may write, and how its answer is read. Nothing here runs one."""
